import { useEffect } from 'react';
import { useWords } from '../../messages';
import { Icon } from '../../ui/Icon';
import { LanguageChoice } from '../../shell/Choices';
import { LoginForm } from './LoginForm';

export function LoginPage({ unreachable }: { unreachable: boolean }) {
  const { t } = useWords();
  useEffect(() => {
    document.title = `${t('login.title')} · punktfunk`;
  }, [t]);
  return (
    <div className="gate">
      <main>
        <div className="stack">
          <img src="/icon.svg" alt="" />
          <h1>{t('login.title')}</h1>
          <p className="soft">{t('login.lead')}</p>
        </div>
        {unreachable ? (
          <div className="notice warn" role="status">
            <Icon name="warning" />
            <p>{t('state.unreachable')}</p>
          </div>
        ) : (
          <div className="card">
            <LoginForm />
          </div>
        )}
        <p className="small soft">
          {t('login.noPassword')} <code>punktfunk-host password</code>
        </p>
        <LanguageChoice />
      </main>
    </div>
  );
}
