import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Page } from '../state/page';
import type { Workspace } from '../state/workspace';

export const PageContext = createContext<Page | null>(null);

export const usePage = (): Page => useContext(PageContext)!;

/** Only below what is shown to somebody who is signed in. */
export const useWorkspace = (): Workspace => usePage().workspace.value!;
