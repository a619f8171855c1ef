// Who is not logged in sees the password's field and nothing else. Who was, and is not any more, keeps his page.
import type { ReactNode } from 'react';
import { useLogin } from '../api/login';
import { useWords } from '../messages';
import { LoginForm } from '../pages/login/LoginForm';
import { LoginPage } from '../pages/login/LoginPage';
import { Dialog } from '../ui/Dialog';

export function Gate({ children }: { children: ReactNode }) {
  const { state } = useLogin();
  const { t } = useWords();
  if (state === 'asking') return null; // a moment: anything drawn would only flash
  if (state === 'out' || state === 'unreachable') return <LoginPage unreachable={state === 'unreachable'} />;
  return (
    <>
      {children}
      {state === 'expired' && (
        <Dialog title={t('login.expired')}>
          <p className="soft">{t('login.expiredWhy')}</p>
          <LoginForm />
        </Dialog>
      )}
    </>
  );
}
