/**
 * The SDK that Lambda supplies to Node.js handlers: what `@aws-sdk/client-s3` resolves to when a function's folder has none of its
 * own. Bundled to dist/handlerSdk.js.
 */
export * from '@aws-sdk/client-s3';
