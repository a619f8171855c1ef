import { useEffect, useRef, useState } from 'react';
import { kLogLevels, useLog, useLogLevel, type LogLevel, type LogLine } from '../../api/logs';
import { useWords } from '../../messages';
import { Select, Switch, TextField } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { Page } from '../../ui/Page';
import { Empty, Failure, Loaded } from '../../ui/States';

export function LogsPage() {
  const { t } = useWords();
  const [following, setFollowing] = useState(true);
  const [least, setLeast] = useState<LogLevel>('info');
  const [search, setSearch] = useState('');
  const log = useLog(following);
  const setLevel = useLogLevel();
  const levels = kLogLevels.map((id) => ({ id, label: t(`logs.${id}`) }));
  const shown = (lines: LogLine[]) => {
    const wanted = search.toLowerCase();
    return lines.filter((line) => kLogLevels.indexOf(line.level) >= kLogLevels.indexOf(least) && `${line.category} ${line.text}`.toLowerCase().includes(wanted));
  };
  return (
    <Page title={t('logs.title')} lead={t('logs.lead')}
      actions={
        <a className="button" href="/api/v1/logs/text" download>
          <Icon name="download" size={18} />
          {t('logs.download')}
        </a>
      }>
      <Loaded query={log}>
        {(now) => (
          <>
            <div className="fields">
              <TextField label={t('logs.search')} type="search" value={search} onChange={setSearch} />
              <Select label={t('logs.least')} value={least} options={levels} onChange={(id) => setLeast(id as LogLevel)} />
              <Select label={t('logs.level')} value={now.level} options={levels} onChange={(id) => setLevel.mutate(id as LogLevel)} isDisabled={setLevel.isPending} />
            </div>
            {setLevel.error && <Failure error={setLevel.error} />}
            <Switch isSelected={following} onChange={setFollowing}>
              {t('logs.follow')}
            </Switch>
            {now.dropped && (
              <div className="notice warn">
                <Icon name="warning" />
                <p>{t('logs.dropped')}</p>
              </div>
            )}
            <Lines lines={shown(now.lines)} following={following} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

const kLook: Record<LogLevel, string> = { debug: '', info: '', warning: 'warn', error: 'bad' };

function Lines({ lines, following }: { lines: LogLine[]; following: boolean }) {
  const { t, clock, counted } = useWords();
  const end = useRef<HTMLDivElement>(null);
  const last = lines.at(-1)?.number;
  useEffect(() => {
    if (following && end.current) end.current.scrollTop = end.current.scrollHeight;
  }, [following, last]);
  if (lines.length === 0) return <Empty icon="logs" title={t('logs.none')} />;
  return (
    <div>
      <p className="small soft">{counted('logs.count', lines.length)}</p>
      <div className="card log" ref={end} tabIndex={0} role="log" aria-live="off" aria-label={t('logs.title')}>
        {lines.map((line) => (
          <div key={line.number} className={`log-line ${kLook[line.level]}`}>
            <time>{clock(new Date(line.at_ms))}</time>
            <span className="log-level">{t(`logs.${line.level}`)}</span>
            <span className="wrap">
              <b>{line.category}</b> {line.text}
            </span>
          </div>
        ))}
      </div>
    </div>
  );
}
