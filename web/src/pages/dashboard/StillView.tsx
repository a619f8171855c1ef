import { useStill } from '../../api/still';
import { useWords } from '../../messages';
import { Icon } from '../../ui/Icon';

// The session's screen, small. `name`: of its device.
export function StillView({ session, name }: { session: number; name: string }) {
  const { t } = useWords();
  const { url, why } = useStill(session);
  return (
    <div className="still">
      {url ? (
        <img src={url} alt={t('session.still', { name })} data-still={session} />
      ) : (
        <p className="small soft wrap">
          <Icon name="displays" />
          {why === '' ? t('session.noStill') : why}
        </p>
      )}
    </div>
  );
}
