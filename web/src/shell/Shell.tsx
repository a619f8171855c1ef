// The frame: where one can go, which host this is, and whether it answers.
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useHost } from '../api/resources';
import { useLive } from '../api/live';
import { useLogin } from '../api/login';
import { useWords } from '../messages';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Icon } from '../ui/Icon';
import { LanguageChoice, ThemeChoice } from './Choices';
import { kPlaces, kPlacesAtTheBottom, type Place } from './pages';

// How many wait for somebody on this page.
function useWaiting(place: Place): number {
  const host = useHost();
  return place.path === '/pair' && host.data ? host.data.knocks + host.data.pins : 0;
}

function PlaceLink({ place, onPress }: { place: Place; onPress?: () => void }) {
  const { t, counted } = useWords();
  const waiting = useWaiting(place);
  return (
    <Link to={place.path} activeOptions={{ exact: place.path === '/' }} {...(onPress ? { onClick: onPress } : {})}>
      <Icon name={place.icon} />
      <span>{t(place.title)}</span>
      {waiting > 0 && (
        <span className="badge warn">
          <span aria-hidden="true">{waiting}</span>
          <span className="visually-hidden">{counted('shell.waiting', waiting)}</span>
        </span>
      )}
    </Link>
  );
}

function Brand() {
  const { t } = useWords();
  const host = useHost();
  return (
    <Link to="/" className="brand">
      <img src="/icon.svg" alt="" />
      <span className="clip">
        <strong className="clip">{host.data?.name ?? 'punktfunk'}</strong>
        <span className="small soft">{host.data ? t('shell.version', { version: host.data.version }) : ' '}</span>
      </span>
    </Link>
  );
}

function LogOut() {
  const { t } = useWords();
  const { logOut } = useLogin();
  return (
    <Button look="quiet" small icon="logout" onPress={() => void logOut()}>
      {t('shell.logOut')}
    </Button>
  );
}

function More({ onClose }: { onClose: () => void }) {
  const { t } = useWords();
  return (
    <Dialog title={t('shell.more')} onClose={onClose}>
      <nav className="nav" aria-label={t('shell.more')}>
        {kPlaces.slice(kPlacesAtTheBottom).map((place) => (
          <PlaceLink key={place.path} place={place} onPress={onClose} />
        ))}
      </nav>
      <LanguageChoice />
      <ThemeChoice />
      <div className="actions">
        <LogOut />
        <Button onPress={onClose}>{t('action.close')}</Button>
      </div>
    </Dialog>
  );
}

function Connection() {
  const { t, clock } = useWords();
  const { state, lostAt } = useLive();
  if (state !== 'lost' || !lostAt) return null;
  return (
    <div className="notice warn connection" role="status">
      <Icon name="warning" />
      <p>{t('shell.lost', { time: clock(lostAt) })}</p>
    </div>
  );
}

// A new page is announced by its heading, where reading goes on.
function useFocusOnNewPage() {
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const first = useRef(true);
  useEffect(() => {
    if (first.current) first.current = false;
    else main.current?.focus();
  }, [path]);
  return main;
}

export function Shell() {
  const { t } = useWords();
  const [more, setMore] = useState(false);
  const main = useFocusOnNewPage();
  return (
    <>
      <a className="skip" href="#main">
        {t('shell.skip')}
      </a>
      <div className="shell">
        <header className="sidebar">
          <Brand />
          <nav className="nav" aria-label={t('shell.pages')}>
            {kPlaces.map((place) => (
              <PlaceLink key={place.path} place={place} />
            ))}
          </nav>
          <div className="foot stack tight">
            <LanguageChoice />
            <ThemeChoice />
            <div>
              <LogOut />
            </div>
          </div>
        </header>
        <main className="main" id="main" tabIndex={-1} ref={main}>
          <Connection />
          <Outlet />
        </main>
        <nav className="bottombar" aria-label={t('shell.pages')}>
          {kPlaces.slice(0, kPlacesAtTheBottom).map((place) => (
            <PlaceLink key={place.path} place={place} />
          ))}
          <button type="button" onClick={() => setMore(true)} aria-haspopup="dialog">
            <Icon name="more" />
            <span>{t('shell.more')}</span>
          </button>
        </nav>
      </div>
      {more && <More onClose={() => setMore(false)} />}
    </>
  );
}
