import { useAnswerKnock, type Knock } from '../../api/resources';
import { useWords } from '../../messages';
import { Button } from '../../ui/Button';
import { Failure } from '../../ui/States';

export function Knocks({ knocks }: { knocks: Knock[] }) {
  const { t } = useWords();
  return (
    <section className="card stack" aria-labelledby="knocks">
      <h2 id="knocks">{t('pair.knocks')}</h2>
      {knocks.length === 0 ? (
        <p className="soft">{t('pair.noKnocks')}</p>
      ) : (
        <ul className="stack">
          {knocks.map((knock) => (
            <li key={knock.id}>
              <KnockRow knock={knock} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function KnockRow({ knock }: { knock: Knock }) {
  const { t, duration } = useWords();
  const answer = useAnswerKnock();
  const give = (word: 'approve' | 'deny') => answer.mutate({ device: String(knock.id), answer: word });
  return (
    <article className="stack tight" aria-label={knock.name}>
      <h3 className="wrap">{knock.name}</h3>
      <p className="small soft wrap">
        {t('pair.knockFrom', { from: knock.from, time: duration(knock.since_s) })}
        {!knock.waiting && ` · ${t('pair.knockGone')}`}
      </p>
      <p className="small soft">
        {t('pair.compare')} <code>{knock.fingerprint.slice(0, 16)}</code>
      </p>
      {answer.error && <Failure error={answer.error} />}
      <div className="row tight">
        <Button small look="primary" onPress={() => give('approve')} isDisabled={answer.isPending} aria-label={t('pair.approveNamed', { name: knock.name })}>
          {t('pair.approve')}
        </Button>
        <Button small onPress={() => give('deny')} isDisabled={answer.isPending} aria-label={t('pair.denyNamed', { name: knock.name })}>
          {t('pair.deny')}
        </Button>
      </div>
    </article>
  );
}
