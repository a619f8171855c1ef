// Whether the black box is on, what it costs, and the clips that were saved of it.
import { useState } from 'react';
import { traceAddress, useBlackBox, useClips, useDeleteClip, useSwitchBlackBox, videoAddress, type BlackBox as Told, type Clip } from '../../api/blackbox';
import { useWords } from '../../messages';
import { Button } from '../../ui/Button';
import { Confirm } from '../../ui/Dialog';
import { Switch } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { Failure, Loaded } from '../../ui/States';

export function BlackBox() {
  const { t } = useWords();
  const box = useBlackBox();
  const clips = useClips();
  return (
    <section className="stack" aria-labelledby="blackbox">
      <h2 id="blackbox">{t('blackbox.title')}</h2>
      <Loaded query={box}>{(now) => <Standing box={now} />}</Loaded>
      <Loaded query={clips}>
        {(list) =>
          list.length > 0 && (
            <ul className="card rows">
              {list.map((clip) => (
                <li key={clip.id}>
                  <ClipRow clip={clip} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}

function Standing({ box }: { box: Told }) {
  const { t, number } = useWords();
  const turn = useSwitchBlackBox();
  const extra = box.sessions.reduce((most, session) => Math.max(most, session.cost.key_frame_share_ppm), 0);
  return (
    <div className="card stack">
      <div className="row">
        <p className="grow">{t(box.enabled ? 'blackbox.isOn' : 'blackbox.isOff', { seconds: box.seconds, megabytes: box.megabytes })}</p>
        <Switch isSelected={box.enabled} onChange={(on) => turn.mutate(on)} isDisabled={turn.isPending}>
          {t('blackbox.title')}
        </Switch>
      </div>
      {box.enabled && box.sessions.length > 0 && <p className="small soft figures">{t('blackbox.cost', { share: number(extra / 10_000, 2) })}</p>}
      {turn.error && <Failure error={turn.error} />}
    </div>
  );
}

const kLook: Record<Clip['state'], string> = { saving: 'accent', ready: 'good', failed: 'bad' };

function ClipRow({ clip }: { clip: Clip }) {
  const { t, day, number, word } = useWords();
  const [deleting, setDeleting] = useState(false);
  const name = day(new Date(clip.saved_at_s * 1000));
  return (
    <article className="stack tight" aria-label={t('blackbox.clipOf', { device: clip.device, time: name })} data-clip={clip.id}>
      <div className="row">
        <div className="grow">
          <h3 className="wrap">{t('blackbox.clipOf', { device: clip.device, time: name })}</h3>
          <p className="small soft figures">
            {[clip.mode.replace('x', ' × ').replace('@', ', ') + ' Hz', t('blackbox.length', { seconds: number(clip.length_ms / 1000, 1), size: number(clip.bytes / 1e6, 1) }), word('blackbox.why', clip.why)].join(' · ')}
          </p>
        </div>
        {clip.state !== 'ready' && <span className={`badge ${kLook[clip.state]}`}>{word('blackbox.state', clip.state)}</span>}
        <div className="row tight">
          {clip.state === 'ready' && (
            <>
              <a className="button small" href={videoAddress(clip.id)} download>
                <Icon name="download" size={18} />
                {t('blackbox.video')}
              </a>
              <a className="button small" href={traceAddress(clip.id)} download>
                <Icon name="download" size={18} />
                {t('blackbox.trace')}
              </a>
            </>
          )}
          {clip.state !== 'saving' && <Button small look="danger" icon="remove" onPress={() => setDeleting(true)} aria-label={t('blackbox.deleteNamed', { name })} />}
        </div>
      </div>
      {clip.error !== null && <p className="small wrap warn-text">{clip.error}</p>}
      {deleting && <DeleteClip clip={clip} name={name} onClose={() => setDeleting(false)} />}
    </article>
  );
}

function DeleteClip({ clip, name, onClose }: { clip: Clip; name: string; onClose: () => void }) {
  const { t } = useWords();
  const remove = useDeleteClip();
  return (
    <Confirm title={t('blackbox.deleteTitle', { name })} action={t('blackbox.delete')} busy={remove.isPending} onClose={onClose}
      error={remove.error && <Failure error={remove.error} />} onConfirm={() => remove.mutate(clip.id, { onSuccess: onClose })}>
      <p className="soft">{t('performance.deleteWhy')}</p>
    </Confirm>
  );
}
