import type { LogText, PageLog, PageModel } from '../src/report/page/model.js';

/** What a `<template>` of the page carries: JSON, compressed, in base64. */
async function carried<T>(id: string): Promise<T> {
  if (document.getElementById(id) === null) await parsed();
  const template = document.getElementById(id);
  if (!(template instanceof HTMLTemplateElement)) throw new Error(`the page has no ${id}`);
  const binary = atob(template.content.textContent ?? '');
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(stream).json();
}

/** Logs stand at the end of the file: what is asked for early may not be there yet. */
function parsed(): Promise<void> {
  if (document.readyState !== 'loading') return Promise.resolve();
  return new Promise((done) => document.addEventListener('DOMContentLoaded', () => done(), { once: true }));
}

export const loadModel = (): Promise<PageModel> => carried<PageModel>('model');

/** The last block that was opened: going from step to step mostly stays in one. */
let open: { readonly block: number; readonly texts: Promise<readonly LogText[]> } | undefined;

/** The text of a log; undefined when the page holds none of it. */
export async function loadLog({ block, index }: PageLog): Promise<LogText | undefined> {
  if (block < 0) return undefined;
  if (open?.block !== block) open = { block, texts: carried<readonly LogText[]>(`logs-${block}`) };
  return (await open.texts)[index];
}
