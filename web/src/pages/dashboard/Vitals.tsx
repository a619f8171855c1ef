// A session's last minute: latency by stage, rate and loss.
import { useFigures, type Sample } from '../../api/recordings';
import { useWords } from '../../messages';
import { Sparkline } from '../../ui/Sparkline';
import { StageChart } from '../../ui/StageChart';
import { stageMs } from '../performance/latency';

const kCapacity = 60;

// Where the client does not say when it had a picture: what is known of the way until then.
function totalMs(sample: Sample): number {
  const { total } = sample.latency_us;
  return total ? total.p50 / 1000 : Object.values(stageMs(sample)).reduce((sum, ms) => sum + ms, 0);
}

const lossPercent = (sample: Sample) => (sample.loss_ppm ?? 0) / 10_000;

export function Vitals({ session }: { session: number }) {
  const { t, number } = useWords();
  const { data } = useFigures(session);
  const samples = data?.samples ?? [];
  const last = samples.at(-1);
  const latency = last ? `${number(totalMs(last), 1)} ms` : '–';
  const rate = last ? `${number(last.rate_kbps / 1000, 1)} Mbit/s` : '–';
  const loss = last && last.loss_ppm !== null ? `${number(lossPercent(last), 2)} %` : '–';
  return (
    <div className="vitals">
      <figure>
        <figcaption>
          {t('vitals.latency')} <b className="figures">{latency}</b>
        </figcaption>
        <StageChart samples={samples} height={84} capacity={kCapacity} />
      </figure>
      <figure>
        <figcaption>
          {t('vitals.rate')} <b className="figures">{rate}</b>
        </figcaption>
        <Sparkline values={samples.map((sample) => sample.rate_kbps)} label={t('vitals.rateLabel', { now: rate })} capacity={kCapacity} least={1000} />
      </figure>
      <figure>
        <figcaption>
          {t('vitals.loss')} <b className="figures">{loss}</b>
        </figcaption>
        <Sparkline values={samples.map(lossPercent)} label={t('vitals.lossLabel', { now: loss })} capacity={kCapacity} least={2} color="var(--bad)" />
      </figure>
    </div>
  );
}
