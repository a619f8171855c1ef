import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { I18nProvider } from 'react-aria-components';
import { ApiError } from './api/client';
import { LiveProvider } from './api/live';
import { LoginProvider } from './api/login';
import { useWords, WordsProvider } from './messages';
import { router } from './router';
import { applyTheme, storedTheme } from './shell/theme';
import { Gate } from './shell/Gate';
import { ToastProvider } from './ui/Toasts';
import './styles.css';

const kMaxRetries = 2;

const queries = new QueryClient({
  defaultOptions: {
    // The host may be reachable where the internet is not, so the browser's opinion does not count.
    queries: {
      networkMode: 'always',
      staleTime: 5_000,
      // What the host said will not change by asking again at once.
      retry: (count, error) => error instanceof ApiError && error.unreachable && count < kMaxRetries,
    },
    mutations: { networkMode: 'always', retry: false },
  },
});

function App() {
  const { language } = useWords();
  return (
    <I18nProvider locale={language}>
      <QueryClientProvider client={queries}>
        <ToastProvider>
          <LoginProvider>
            <LiveProvider>
              <Gate>
                <RouterProvider router={router} />
              </Gate>
            </LiveProvider>
          </LoginProvider>
        </ToastProvider>
      </QueryClientProvider>
    </I18nProvider>
  );
}

applyTheme(storedTheme());
const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <WordsProvider>
        <App />
      </WordsProvider>
    </StrictMode>,
  );
