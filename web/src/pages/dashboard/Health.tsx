// How the host's parts are. When all are well that is one line.
import type { Schemas } from '../../api/client';
import { useWords } from '../../messages';
import { Icon } from '../../ui/Icon';

const kLook: Record<Schemas['Health']['health'], string> = { working: 'good', healing: 'warn', stuck: 'bad', given_up: 'bad' };

export function Health({ parts }: { parts: Schemas['Health'][] }) {
  const { t, word, duration, counted } = useWords();
  const ill = parts.filter((part) => part.health !== 'working');
  if (ill.length === 0)
    return (
      <div className="notice good">
        <Icon name="check" />
        <p>{counted('health.allWell', parts.length)}</p>
      </div>
    );
  return (
    <ul className="stack">
      {ill.map((part) => (
        <li key={part.worker} className="card">
          <header>
            <h3 className="wrap">{part.worker}</h3>
            <span className={`badge ${kLook[part.health]}`}>
              <span className="dot" />
              {word('health', part.health)}
            </span>
          </header>
          <p className="wrap">{part.reason}</p>
          {part.doing && <p className="small soft wrap">{part.doing}</p>}
          <p className="small soft">{t('health.for', { time: duration(part.for_s), count: part.reopened })}</p>
        </li>
      ))}
    </ul>
  );
}
