import type { Request } from 'express';

/** The path that was asked for, without the query; also in handlers that are mounted on the beginning of it. */
export const fullPathOf = ({ baseUrl, path }: Request): string => baseUrl + path;
