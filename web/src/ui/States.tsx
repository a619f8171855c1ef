// What is shown of a resource before it is there, when there is none of it, and when it could not be had.
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ApiError } from '../api/client';
import { useWords } from '../messages';
import { Button } from './Button';
import { Icon, type IconName } from './Icon';

export function Skeleton({ lines = 3, height = 72 }: { lines?: number; height?: number }) {
  const { t } = useWords();
  return (
    <div className="stack" role="status" aria-label={t('state.loading')}>
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} className="skeleton" style={{ height }} />
      ))}
    </div>
  );
}

export function Empty({ icon, title, children }: { icon: IconName; title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <Icon name={icon} />
      <h2>{title}</h2>
      {children}
    </div>
  );
}

// The host's sentence, or that nobody answered.
export function useSentence() {
  const { t } = useWords();
  return (error: unknown): string => {
    if (error instanceof ApiError) {
      if (error.unreachable) return t('state.unreachable');
      if (error.loggedOut) return t('state.loggedOut');
      return error.message;
    }
    return t('state.broken');
  };
}

export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useWords();
  const sentence = useSentence();
  return (
    <div className="notice bad" role="alert">
      <Icon name="warning" />
      <div className="stack tight grow">
        <p className="wrap">{sentence(error)}</p>
        {onRetry && (
          <div>
            <Button small icon="refresh" onPress={onRetry}>
              {t('action.retry')}
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}

// Loading, failed or there. What was there before stays while the host does not answer: the frame says that it is old.
export function Loaded<T>({ query, children, skeleton }: { query: UseQueryResult<T>; children: (value: T) => ReactNode; skeleton?: ReactNode }) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  return <>{skeleton ?? <Skeleton />}</>;
}
