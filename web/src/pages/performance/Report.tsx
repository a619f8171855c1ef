// What is known of a session's pictures, live or recorded: stages over time, how latency is spread, each hitch with its cause.
import type { Figures, Hitch, Recording } from '../../api/recordings';
import { useWords } from '../../messages';
import { Icon } from '../../ui/Icon';
import { StageChart, StageLegend } from '../../ui/StageChart';
import { Skeleton } from '../../ui/States';
import { histogram, latenciesUs, percentile } from './latency';

export function Report({ figures, rows, capacity }: { figures: Figures; rows: Recording | undefined; capacity?: number }) {
  const { t } = useWords();
  return (
    <div className="stack">
      <section className="card stack" aria-label={t('performance.stages')}>
        <h3>{t('performance.stages')}</h3>
        <StageChart samples={figures.samples} {...(capacity === undefined ? {} : { capacity })} />
        <StageLegend sample={figures.samples.at(-1)} clientTells={figures.client_tells} />
      </section>
      {rows ? (
        <div className="grid wide">
          <Histogram latencies={latenciesUs(rows)} whole={rows.client_tells} />
          <Hitches hitches={rows.hitches} beganAtUs={rows.began_at_us} />
        </div>
      ) : (
        <Skeleton lines={1} height={160} />
      )}
    </div>
  );
}

const kPercentiles = [
  ['p50', 0.5],
  ['p95', 0.95],
  ['p99', 0.99],
] as const;

function Histogram({ latencies, whole }: { latencies: number[]; whole: boolean }) {
  const { t, number } = useWords();
  const buckets = histogram(latencies);
  const most = Math.max(1, ...buckets.map((bucket) => bucket.count));
  const width = 100 / Math.max(1, buckets.length);
  const ms = (share: number) => {
    const value = percentile(latencies, share);
    return value === undefined ? '–' : `${number(value / 1000, 1)} ms`;
  };
  return (
    <section className="card stack" aria-label={t('performance.histogram')}>
      <div>
        <h3>{t('performance.histogram')}</h3>
        <p className="small soft">{t(whole ? 'performance.wholeWay' : 'performance.hostOnly')}</p>
      </div>
      <svg className="chart" viewBox="0 0 100 60" height="140" preserveAspectRatio="none" role="img"
        aria-label={t('performance.histogramLabel', { count: latencies.length, p50: ms(0.5), p99: ms(0.99) })}>
        {buckets.map((bucket, index) => {
          const height = (bucket.count / most) * 58;
          return <rect key={bucket.fromMs} x={index * width + width * 0.1} width={width * 0.8} y={60 - height} height={height} fill="var(--accent)" />;
        })}
        <line x1="0" x2="100" y1="59.8" y2="59.8" stroke="var(--line-strong)" vectorEffect="non-scaling-stroke" />
      </svg>
      {buckets.length > 0 && (
        <div className="axis small soft figures" aria-hidden="true">
          <span>0 ms</span>
          <span>{`≥ ${number(buckets.at(-1)?.fromMs ?? 0, 1)} ms`}</span>
        </div>
      )}
      <dl className="numbers">
        {kPercentiles.map(([name, share]) => (
          <div key={name}>
            <dt>{t(`performance.${name}`)}</dt>
            <dd>{ms(share)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const kMaxHitches = 100;

function Hitches({ hitches, beganAtUs }: { hitches: Hitch[]; beganAtUs: number }) {
  const { t, number, clock, word, counted } = useWords();
  const newest = hitches.slice(-kMaxHitches).reverse();
  return (
    <section className="card stack" aria-label={t('performance.hitches')}>
      <div>
        <h3>{t('performance.hitches')}</h3>
        <p className="small soft">{t('performance.hitchesWhy')}</p>
      </div>
      {newest.length === 0 ? (
        <div className="row tight">
          <Icon name="check" />
          <p>{t('performance.noHitches')}</p>
        </div>
      ) : (
        <>
          <p className="small soft">{counted('performance.hitchCount', hitches.length)}</p>
          <div className="table-scroll tall" tabIndex={0} role="region" aria-label={t('performance.hitchList')}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{t('performance.when')}</th>
                  <th scope="col">{t('performance.late')}</th>
                  <th scope="col">{t('performance.cause')}</th>
                </tr>
              </thead>
              <tbody className="figures">
                {newest.map((hitch) => (
                  <tr key={hitch.frame}>
                    <td>{clock(new Date((beganAtUs + hitch.at_us) / 1000))}</td>
                    <td>{t('performance.lateBy', { late: number((hitch.interval_us - hitch.cadence_us) / 1000, 1), frame: String(hitch.frame) })}</td>
                    <td>
                      <span className="badge warn">{word('stage', hitch.cause)}</span>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </section>
  );
}
