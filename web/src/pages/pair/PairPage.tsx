import { useHost, usePairing } from '../../api/resources';
import { useWords } from '../../messages';
import { Page } from '../../ui/Page';
import { Loaded } from '../../ui/States';
import { Knocks } from './Knocks';
import { Moonlight } from './Moonlight';
import { NewDevice } from './NewDevice';

export function PairPage() {
  const { t } = useWords();
  const pairing = usePairing();
  const host = useHost();
  return (
    <Page title={t('pair.title')} lead={t('pair.lead')}>
      <Loaded query={pairing}>
        {(now) => (
          <>
            <NewDevice pairing={now} host={host.data} />
            <div className="grid">
              <Knocks knocks={now.knocks} />
              <Moonlight pins={now.pins} last={now.last_pin} served={host.data ? host.data.gamestream !== null : undefined} />
            </div>
          </>
        )}
      </Loaded>
    </Page>
  );
}
