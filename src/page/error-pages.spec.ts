import type { Request, Response } from 'express';
import { DomainError } from '../common/errors/domain-error';
import { ErrorPages } from './error-pages';

describe('An error page', () => {
  const pages = new ErrorPages('<title>%title%</title>%status%<h1>%title%</h1><p>%detail%</p>');

  const show = (error: DomainError) => {
    const request = { method: 'GET', baseUrl: '', path: '/x', id: 'a-1', accepts: () => 'text/html' };
    const response = { vary: () => response };
    return pages.wrap(error, request as unknown as Request, response as unknown as Response)?.body;
  };

  it('fills every gap', () => {
    const error = new DomainError('conflict', 'This is in the way.');
    expect(show(error)).toBe(
      '<title>Conflict</title>409<h1>Conflict</h1><p>This is in the way. Request a-1</p>',
    );
  });

  it('takes words for words, whatever they look like', () => {
    const error = new DomainError('conflict', `<script>"&'</script> $& $1 %title% %detail%`);
    expect(show(error)).toContain(
      '<p>&#60;script&#62;&#34;&#38;&#39;&#60;/script&#62; $&#38; $1 %title% %detail% Request a-1</p>',
    );
  });

  it('keeps to itself what has gone wrong on our side', () => {
    const error = new DomainError('internal', 'secret', { cause: new Error('secret') });
    expect(show(error)).not.toContain('secret');
  });
});
