// The form for a token, and its secret, which the host tells once.
import { useState } from 'react';
import type { Schemas } from '../../api/client';
import { kScopes, useCreateToken, type Token } from '../../api/tokens';
import { useWords } from '../../messages';
import { Button } from '../../ui/Button';
import { Select, TextField } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { Failure } from '../../ui/States';
import { ExpiryChoice, kExpiries, type Expiry } from '../devices/access';

const kMaxNameLength = 64;
const kExpiryChoices = ['never', 'day', 'week', 'month'] as const;

export function NewToken() {
  const { t } = useWords();
  const create = useCreateToken();
  const [name, setName] = useState('');
  const [scope, setScope] = useState<Token['scope']>('read');
  const [expiry, setExpiry] = useState<Expiry>('never');
  const submit = () =>
    create.mutate({ name: name.trim(), scope, expires_in_s: kExpiries[expiry] }, { onSuccess: () => setName('') });
  return (
    <section className="card stack" aria-labelledby="new-token">
      <h2 id="new-token">{t('tokens.new')}</h2>
      {create.data && <Secret token={create.data} />}
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <div className="fields">
          <TextField label={t('tokens.name')} value={name} onChange={setName} maxLength={kMaxNameLength} autoComplete="off" />
          <Select label={t('tokens.scope')} value={scope} options={kScopes.map((id) => ({ id, label: t(`tokens.${id}`) }))} onChange={(id) => setScope(id as Token['scope'])} />
          <ExpiryChoice value={expiry} choices={kExpiryChoices} onChange={setExpiry} />
        </div>
        <p className="hint">{t(`tokens.may.${scope}`)}</p>
        {create.error && <Failure error={create.error} />}
        <div>
          <Button look="primary" type="submit" isDisabled={create.isPending || name.trim() === ''}>
            {t('tokens.create')}
          </Button>
        </div>
      </form>
    </section>
  );
}

function Secret({ token }: { token: Schemas['NewToken'] }) {
  const { t } = useWords();
  const [copied, setCopied] = useState('');
  return (
    <div className="notice good" role="status">
      <Icon name="key" />
      <div className="stack tight grow">
        <p className="wrap">{t('tokens.secret', { name: token.name })}</p>
        <p className="row tight">
          <code className="wrap" data-secret>
            {token.secret}
          </code>
          <Button small icon="copy" onPress={() => void navigator.clipboard.writeText(token.secret).then(() => setCopied(token.secret), () => {})}>
            {t(copied === token.secret ? 'tokens.copied' : 'tokens.copy')}
          </Button>
        </p>
      </div>
    </div>
  );
}
