import type { Response } from 'express';

/** Aborts when the connection closes before the answer is out as a whole. */
export function abortWhenClosed(response: Response): AbortController {
  const gone = new AbortController();
  const leave = () => {
    if (!response.writableFinished) gone.abort(new Error('The reader went away.'));
  };
  response.once('close', leave);
  if (response.destroyed) leave(); // while it was looked who asks
  return gone;
}
