import type { EngineContext, EngineRequest, EngineResponse, Router } from '../contracts.js';
import { ServiceError } from '../serviceError.js';
import { xmlDocument, xmlElement } from '../xml/writeXml.js';

const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/';
const maxFormBytes = 64 * 1024;

/**
 * STS in its query form: GetCallerIdentity, which SDKs and tools ask to learn the account. Everyone who holds the engine's key is the
 * account's root, so there is no other call.
 */
export function createStsRouter(context: Pick<EngineContext, 'accountId'>): Router {
  return async (request) => {
    if (request.service !== 'sts') return undefined;
    const parameters = request.method === 'POST' ? new URLSearchParams(await request.text(maxFormBytes)) : request.query;
    const action = parameters.get('Action') ?? '';
    if (action !== 'GetCallerIdentity') {
      throw new ServiceError(400, 'InvalidAction', `Could not find operation ${action} for version 2011-06-15`);
    }
    return callerIdentity(context.accountId, request);
  };
}

function callerIdentity(accountId: string, request: EngineRequest): EngineResponse {
  const body = xmlDocument(
    xmlElement(
      'GetCallerIdentityResponse',
      [
        xmlElement('GetCallerIdentityResult', [
          xmlElement('Arn', `arn:aws:iam::${accountId}:root`),
          xmlElement('UserId', accountId),
          xmlElement('Account', accountId),
        ]),
        xmlElement('ResponseMetadata', [xmlElement('RequestId', request.requestId)]),
      ],
      { xmlns: namespace },
    ),
  );
  return { status: 200, headers: { 'content-type': 'text/xml' }, body };
}
