import { render } from 'preact';
import type { PageModel } from '../src/report/page/model.js';
import { copyable } from './copy.js';
import { loadModel } from './data.js';
import { Detail } from './detail.js';
import { useShown } from './route.js';
import { type Index, index } from './run.js';
import { Steps } from './steps.js';
import { Timeline } from './timeline.js';

function App({ model, known }: { readonly model: PageModel; readonly known: Index }) {
  const shown = useShown();
  return (
    <>
      <Timeline model={model} known={known} shown={shown} />
      <Steps model={model} known={known} shown={shown} />
      <Detail model={model} known={known} shown={shown} />
    </>
  );
}

const app = document.getElementById('app');
if (app !== null) {
  loadModel().then(
    (model) => {
      // Drawn in one go: what stood there for those without script gives way.
      app.replaceChildren();
      render(<App model={model} known={index(model)} />, app);
      copyable(document.querySelectorAll('.commands code'));
      // Once the browser has put it on the screen.
      requestAnimationFrame(() =>
        setTimeout(() => {
          performance.mark('drawn');
          document.documentElement.dataset.ready = '';
        }),
      );
    },
    (error: unknown) => {
      app.textContent = `The timeline and the logs cannot be shown in this browser: ${String(error)}`;
    },
  );
}
