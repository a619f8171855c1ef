import { useDisplays, useEncoders, type DisplayBackend } from '../../api/equipment';
import { useWords } from '../../messages';
import { Mode } from '../../ui/Mode';
import { Page } from '../../ui/Page';
import { Empty, Loaded } from '../../ui/States';

export function DisplaysPage() {
  const { t, counted } = useWords();
  const displays = useDisplays();
  const encoders = useEncoders();
  return (
    <Page title={t('displays.title')} lead={t('displays.lead')}>
      <section className="stack" aria-labelledby="now">
        <h2 id="now">{t('displays.now')}</h2>
        <Loaded query={displays}>
          {({ displays: list }) =>
            list.length === 0 ? (
              <Empty icon="displays" title={t('displays.none')}>
                <p>{t('displays.noneWhy')}</p>
              </Empty>
            ) : (
              <ul className="grid">
                {list.map((display) => (
                  <li key={display.session} className="card stack tight">
                    <div className="row">
                      <h3 className="wrap grow">{display.device}</h3>
                      <span className={`badge ${display.lingers ? 'warn' : 'good'}`}>{t(display.lingers ? 'displays.lingers' : 'displays.used')}</span>
                    </div>
                    <p>
                      <Mode mode={display.mode} />
                    </p>
                    {display.watched_by.length > 0 && <p className="small soft">{counted('displays.watched', display.watched_by.length)}</p>}
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
      </section>
      <div className="grid wide">
        <section className="stack" aria-labelledby="ways">
          <h2 id="ways">{t('displays.ways')}</h2>
          <Loaded query={displays}>{({ backends }) => <Backends backends={backends} />}</Loaded>
        </section>
        <section className="stack" aria-labelledby="encoders">
          <h2 id="encoders">{t('displays.encoders')}</h2>
          <Loaded query={encoders}>{(list) => <Backends backends={list} />}</Loaded>
        </section>
      </div>
    </Page>
  );
}

function Backends({ backends }: { backends: (DisplayBackend & { description?: string | null; codec?: string | null })[] }) {
  const { t } = useWords();
  return (
    <ul className="card rows">
      {backends.map((backend) => (
        <li key={backend.name} className="stack tight row-item">
          <div className="row">
            <h3 className="grow wrap">{backend.name}</h3>
            <span className={`badge ${backend.chosen ? 'accent' : backend.usable ? 'good' : ''}`}>
              {t(backend.chosen ? 'displays.chosen' : backend.usable ? 'displays.usable' : 'displays.unusable')}
            </span>
          </div>
          {backend.description && <p className="small soft wrap">{backend.description}</p>}
          {backend.reason && <p className="small soft wrap">{backend.reason}</p>}
        </li>
      ))}
    </ul>
  );
}
