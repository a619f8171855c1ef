import { Link } from '@tanstack/react-router';
import { useWords } from '../messages';
import { Page } from '../ui/Page';

export function NotFound() {
  const { t } = useWords();
  return (
    <Page title={t('shell.notFound')}>
      <p>
        <Link to="/">{t('shell.toDashboard')}</Link>
      </p>
    </Page>
  );
}
