// Where the time of a picture goes, stage upon stage, over time. The legend says the newest in words.
import { kStages, type Sample, type Stage } from '../api/recordings';
import { useWords } from '../messages';
import { stageMs } from '../pages/performance/latency';

const kColors: Record<Stage, string> = {
  compositor: 'var(--stage-decode)',
  capture: 'var(--stage-capture)',
  encoder: 'var(--stage-encode)',
  send: 'var(--stage-send)',
  network: 'var(--stage-network)',
  decode: 'var(--stage-convert)',
  present: 'var(--line-strong)',
};
const kWidth = 600;
const kLeastTopMs = 10;

export function StageChart({ samples, height = 180, capacity }: { samples: readonly Sample[]; height?: number; capacity?: number }) {
  const { t } = useWords();
  const columns = samples.map(stageMs);
  const top = Math.max(kLeastTopMs, ...columns.map((column) => kStages.reduce((sum, stage) => sum + column[stage], 0))) * 1.08;
  const places = Math.max(2, capacity ?? samples.length);
  const x = (index: number) => kWidth - (samples.length - 1 - index) * (kWidth / (places - 1));
  const y = (ms: number) => height - (ms / top) * height;
  let below = columns.map(() => 0);
  const areas = kStages.map((stage) => {
    const floor = below;
    const above = columns.map((column, index) => (floor[index] ?? 0) + column[stage]);
    below = above;
    const line = (values: number[]) => values.map((ms, index) => `${x(index).toFixed(1)} ${y(ms).toFixed(1)}`);
    return { stage, path: `M${[...line(above), ...line(floor).reverse()].join('L')}Z` };
  });
  return (
    <svg className="chart" viewBox={`0 0 ${kWidth} ${height}`} height={height} preserveAspectRatio="none" role="img" aria-label={t('performance.stagesLabel')}
      data-points={samples.length}>
      {[0.25, 0.5, 0.75].map((share) => (
        <line key={share} x1="0" x2={kWidth} y1={height * share} y2={height * share} stroke="var(--line)" vectorEffect="non-scaling-stroke" />
      ))}
      {samples.length > 1 && areas.map(({ stage, path }) => <path key={stage} d={path} fill={kColors[stage]} fillOpacity="0.85" />)}
      <line x1="0" x2={kWidth} y1={height - 0.5} y2={height - 0.5} stroke="var(--line-strong)" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}

export function StageLegend({ sample, clientTells }: { sample: Sample | undefined; clientTells: boolean }) {
  const { t, number } = useWords();
  return (
    <>
      <dl className="legend">
        {kStages.map((stage) => {
          const spread = sample?.latency_us[stage];
          return (
            <div key={stage}>
              <dt>
                <span className="swatch" style={{ background: kColors[stage] }} />
                {t(`stage.${stage}`)}
              </dt>
              <dd className="figures">{spread ? `${number(spread.p50 / 1000, 1)} ms` : '–'}</dd>
            </div>
          );
        })}
      </dl>
      {!clientTells && <p className="small soft">{t('performance.clientSilent')}</p>}
    </>
  );
}
