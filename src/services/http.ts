import { get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';

/**
 * The status a URL answers with, or a sentence on why it does not. Redirects are answers; certificates are not
 * checked, since whether a service is up is not the question whom it is trusted by.
 */
export function request(url: string, limitMs: number, signal?: AbortSignal): Promise<number | string> {
  return new Promise((settle) => {
    const timeout = AbortSignal.timeout(limitMs);
    const options = { signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]), agent: false };
    const answered = (response: IncomingMessage): void => {
      settle(response.statusCode ?? 0);
      response.destroy();
    };
    const asked = url.startsWith('https:')
      ? httpsGet(url, { ...options, rejectUnauthorized: false }, answered)
      : httpGet(url, options, answered);
    asked.once('error', (error) => {
      settle(timeout.aborted ? `it took a request and did not answer within ${limitMs / 1000} s` : error.message);
    });
  });
}
