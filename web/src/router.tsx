import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { DashboardPage } from './pages/dashboard/DashboardPage';
import { NotFound } from './shell/NotFound';
import { Shell } from './shell/Shell';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const routes = [
  createRoute({ getParentRoute: () => root, path: '/', component: DashboardPage }),
  createRoute({ getParentRoute: () => root, path: '/pair', component: lazyRouteComponent(() => import('./pages/pair/PairPage'), 'PairPage') }),
  createRoute({ getParentRoute: () => root, path: '/devices', component: lazyRouteComponent(() => import('./pages/devices/DevicesPage'), 'DevicesPage') }),
] as const;

export const router = createRouter({ routeTree: root.addChildren(routes), defaultPreload: 'intent', defaultPendingMinMs: 0 });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
