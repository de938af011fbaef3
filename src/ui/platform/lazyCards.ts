import type { ExtensionContext } from 'vscode';
import type { CardDocuments } from './cardDocuments.js';

/** The cards of this window, loaded when the first one is shown. */
export function lazyCards({ subscriptions }: ExtensionContext): () => Promise<CardDocuments> {
  let loading: Promise<CardDocuments> | undefined;
  return () => {
    loading ??= import('./cardDocuments.js').then(({ CardDocuments }) => {
      const loaded = new CardDocuments();
      subscriptions.push(loaded);
      return loaded;
    });
    return loading;
  };
}
