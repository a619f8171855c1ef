import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { DashboardPage } from './pages/dashboard/DashboardPage';
import { NotFound } from './shell/NotFound';
import { Shell } from './shell/Shell';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });
const getParentRoute = () => root;

// All but the first are loaded when somebody goes there.
const routes = [
  createRoute({ getParentRoute, path: '/', component: DashboardPage }),
  createRoute({ getParentRoute, path: '/pair', component: lazyRouteComponent(() => import('./pages/pair/PairPage'), 'PairPage') }),
  createRoute({ getParentRoute, path: '/devices', component: lazyRouteComponent(() => import('./pages/devices/DevicesPage'), 'DevicesPage') }),
  createRoute({ getParentRoute, path: '/displays', component: lazyRouteComponent(() => import('./pages/displays/DisplaysPage'), 'DisplaysPage') }),
  createRoute({ getParentRoute, path: '/library', component: lazyRouteComponent(() => import('./pages/library/LibraryPage'), 'LibraryPage') }),
  createRoute({ getParentRoute, path: '/performance', component: lazyRouteComponent(() => import('./pages/performance/PerformancePage'), 'PerformancePage') }),
  createRoute({ getParentRoute, path: '/logs', component: lazyRouteComponent(() => import('./pages/logs/LogsPage'), 'LogsPage') }),
  createRoute({ getParentRoute, path: '/doctor', component: lazyRouteComponent(() => import('./pages/doctor/DoctorPage'), 'DoctorPage') }),
  createRoute({ getParentRoute, path: '/tokens', component: lazyRouteComponent(() => import('./pages/tokens/TokensPage'), 'TokensPage') }),
  createRoute({ getParentRoute, path: '/settings', component: lazyRouteComponent(() => import('./pages/settings/SettingsPage'), 'SettingsPage') }),
] as const;

export const router = createRouter({ routeTree: root.addChildren(routes), defaultPreload: 'intent', defaultPendingMinMs: 0 });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
