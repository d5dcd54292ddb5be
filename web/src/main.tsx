import { render } from 'preact';
import { App } from './app';
import { Page } from './state/page';

const page = new Page();
page.start();
render(<App page={page} />, document.getElementById('page')!);
