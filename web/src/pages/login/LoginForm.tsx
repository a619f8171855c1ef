import { useState } from 'react';
import { useLogin } from '../../api/login';
import { useWords } from '../../messages';
import { Button } from '../../ui/Button';
import { TextField } from '../../ui/Field';
import { useSentence } from '../../ui/States';

export function LoginForm() {
  const { t } = useWords();
  const { logIn } = useLogin();
  const sentence = useSentence();
  const [password, setPassword] = useState('');
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);

  const submit = async () => {
    setBusy(true);
    try {
      await logIn(password);
    } catch (reason) {
      setError(sentence(reason));
      setBusy(false);
    }
  };
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {/* For password managers, which want a name. */}
      <input className="visually-hidden" type="text" name="username" autoComplete="username" value="punktfunk" readOnly tabIndex={-1} aria-hidden="true" />
      <TextField label={t('login.password')} type="password" value={password} onChange={setPassword} error={error} autoFocus autoComplete="current-password" />
      <Button look="primary" type="submit" isDisabled={busy || password === ''}>
        {t('login.submit')}
      </Button>
    </form>
  );
}
