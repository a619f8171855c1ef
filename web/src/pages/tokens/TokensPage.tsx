import { useState } from 'react';
import { useRevokeToken, useTokens, type Token } from '../../api/tokens';
import { useWords } from '../../messages';
import { Button } from '../../ui/Button';
import { Confirm } from '../../ui/Dialog';
import { Page } from '../../ui/Page';
import { Empty, Failure, Loaded } from '../../ui/States';
import { NewToken } from './NewToken';

export function TokensPage() {
  const { t } = useWords();
  const tokens = useTokens();
  return (
    <Page title={t('tokens.title')} lead={t('tokens.lead')}>
      <NewToken />
      <section className="stack" aria-labelledby="tokens">
        <h2 id="tokens">{t('tokens.list')}</h2>
        <Loaded query={tokens}>
          {(list) =>
            list.length === 0 ? (
              <Empty icon="key" title={t('tokens.none')}>
                <p>{t('tokens.noneWhy')}</p>
              </Empty>
            ) : (
              <ul className="card rows">
                {list.map((token) => (
                  <li key={token.id}>
                    <TokenRow token={token} />
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
      </section>
    </Page>
  );
}

function TokenRow({ token }: { token: Token }) {
  const { t, day } = useWords();
  const [revoking, setRevoking] = useState(false);
  const until = token.expires_at_s === null ? t('tokens.forEver') : t('tokens.until', { time: day(new Date(token.expires_at_s * 1000)) });
  return (
    <article className="row" aria-label={token.name} data-token={token.id}>
      <div className="grow">
        <h3 className="wrap">{token.name}</h3>
        <p className="small soft">{t('tokens.made', { time: day(new Date(token.made_at_s * 1000)), until })}</p>
      </div>
      <span className={`badge ${token.scope === 'admin' ? 'warn' : 'accent'}`}>{t(`tokens.${token.scope}`)}</span>
      {token.expired && <span className="badge bad">{t('tokens.expired')}</span>}
      <Button small look="danger" icon="remove" onPress={() => setRevoking(true)} aria-label={t('tokens.revokeNamed', { name: token.name })}>
        {t('tokens.revoke')}
      </Button>
      {revoking && <Revoke token={token} onClose={() => setRevoking(false)} />}
    </article>
  );
}

function Revoke({ token, onClose }: { token: Token; onClose: () => void }) {
  const { t } = useWords();
  const revoke = useRevokeToken();
  return (
    <Confirm title={t('tokens.revokeTitle', { name: token.name })} action={t('tokens.revoke')} busy={revoke.isPending} onClose={onClose}
      error={revoke.error && <Failure error={revoke.error} />} onConfirm={() => revoke.mutate(token.id, { onSuccess: onClose })}>
      <p className="soft">{t('tokens.revokeWhy')}</p>
    </Confirm>
  );
}
