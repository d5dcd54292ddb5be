import { Lazy } from './parts/lazy';
import { NoticeList } from './parts/notice-list';
import { PageContext } from './parts/page-context';
import { Skeleton } from './parts/skeleton';
import { Shell } from './shell';
import { path } from './state/location';
import type { Page } from './state/page';

const loadSignIn = () => import('./account/sign-in-view').then(({ SignInView }) => SignInView);
const FORMS = ['/sign-in', '/register'];

export const App = ({ page }: { readonly page: Page }) => (
  <PageContext.Provider value={page}>
    <Content page={page} />
    <NoticeList />
  </PageContext.Provider>
);

function Content({ page }: { readonly page: Page }) {
  const state = page.session.state.value;
  if (page.workspace.value && !FORMS.includes(path.value)) return <Shell />;
  if (state === 'starting') return <Starting />;
  if (state === 'unreachable') return <Unreachable page={page} />;
  return <Lazy load={loadSignIn} props={{}} />;
}

const Starting = () => (
  <main class="lonely">
    <Skeleton lines={6} />
  </main>
);

const Unreachable = ({ page }: { readonly page: Page }) => (
  <main class="lonely">
    <h1>The server can’t be reached</h1>
    <p>Nothing is lost. This page tries again when the network is back.</p>
    <button type="button" class="button primary" onClick={() => void page.session.start()}>
      Try again
    </button>
  </main>
);
