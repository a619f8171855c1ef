// Editing something that others may edit too. The form begins with what the host has now, and its change names the tag of
// that; when somebody was faster the host says 412, both are shown, and the person decides.
import { useEffect, useState, type ReactNode } from 'react';
import { ApiError } from '../api/client';
import { useWords } from '../messages';
import { Button } from './Button';
import { Failure, Skeleton } from './States';

export interface Tagged<T> {
  value: T;
  tag: string;
}

// `children` is drawn anew, and loses what was typed, when `takeTheirs` is called.
export function LoadTagged<T>({ fetch, children }: { fetch: () => Promise<Tagged<T>>; children: (base: Tagged<T>, takeTheirs: (theirs: Tagged<T>) => void) => ReactNode }) {
  const [base, setBase] = useState<Tagged<T>>();
  const [error, setError] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    setError(undefined);
    fetch().then(setBase, setError);
    // Once: what comes later is another's edit, which must not change the form under somebody's hands.
  }, [attempt]);
  if (base) return <div key={base.tag}>{children(base, setBase)}</div>;
  return error ? <Failure error={error} onRetry={() => setAttempt(attempt + 1)} /> : <Skeleton lines={2} />;
}

export const wasFaster = (error: unknown) => error instanceof ApiError && error.status === 412;

// `facts`: what the host has now, as label and text.
export function Conflict({ sentence, facts, onKeepMine, onTakeTheirs }: {
  sentence: string;
  facts: readonly (readonly [string, string])[];
  onKeepMine: () => void;
  onTakeTheirs: () => void;
}) {
  const { t } = useWords();
  return (
    <div className="notice warn" role="alert">
      <div className="stack grow">
        <p>{sentence}</p>
        <dl className="facts">
          {facts.map(([label, text]) => (
            <div key={label} className="contents">
              <dt>{label}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
        <div className="row tight">
          <Button small onPress={onTakeTheirs}>
            {t('conflict.takeTheirs')}
          </Button>
          <Button small onPress={onKeepMine}>
            {t('conflict.keepMine')}
          </Button>
        </div>
      </div>
    </div>
  );
}
