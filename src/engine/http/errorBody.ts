import type { ServiceError } from '../serviceError.js';
import { xmlDocument, xmlElement } from '../xml/writeXml.js';
import type { RequestTarget } from './requestTarget.js';

/** How a service writes its errors. */
export type ErrorForm = 's3' | 'control' | 'lambda' | 'sts';

/** The form of the service that a request is for; works before the signature was read. */
export function errorFormOf(target: RequestTarget, service: string | undefined, isFormPost: boolean): ErrorForm {
  if (service === 'lambda' || service === 'sts') return service;
  if (service === undefined && /^\/20\d\d-\d\d-\d\d\//.test(target.rawPath)) return 'lambda';
  if (service === undefined && target.rawPath === '/' && isFormPost) return 'sts';
  return target.rawPath.startsWith('/v20180820/') ? 'control' : 's3';
}

/**
 * What the other services call the errors of authentication that S3 names otherwise. Source: the services' "Common Errors" pages.
 */
const otherNames: Readonly<Record<'lambda' | 'sts', Readonly<Record<string, string>>>> = {
  lambda: {
    AccessDenied: 'AccessDeniedException',
    InvalidAccessKeyId: 'UnrecognizedClientException',
    SignatureDoesNotMatch: 'InvalidSignatureException',
    RequestTimeTooSkewed: 'InvalidSignatureException',
    AuthorizationHeaderMalformed: 'IncompleteSignatureException',
    InternalError: 'ServiceException',
    EntityTooLarge: 'RequestTooLargeException',
  },
  sts: {
    InvalidAccessKeyId: 'InvalidClientTokenId',
    AuthorizationHeaderMalformed: 'IncompleteSignature',
    InternalError: 'InternalFailure',
  },
};

export interface ErrorAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The answer's body and the headers that go with it. */
export function writeError(
  form: ErrorForm,
  error: ServiceError,
  ids: { requestId: string; hostId: string; resource: string },
): ErrorAnswer {
  const xml = { 'content-type': 'application/xml' };
  const sender = error.status >= 500 ? 'Receiver' : 'Sender';
  switch (form) {
    case 's3':
      return {
        headers: { ...xml, ...error.headers },
        body: xmlDocument(
          xmlElement('Error', [
            xmlElement('Code', error.code),
            xmlElement('Message', error.message),
            ...Object.entries(error.details).map(([name, value]) => xmlElement(name, value)),
            xmlElement('Resource', ids.resource),
            xmlElement('RequestId', ids.requestId),
            xmlElement('HostId', ids.hostId),
          ]),
        ),
      };
    case 'control':
      return {
        headers: xml,
        body: xmlDocument(
          xmlElement('ErrorResponse', [
            xmlElement('Error', [
              xmlElement('Type', sender),
              xmlElement('Code', error.code),
              xmlElement('Message', error.message),
              ...Object.entries(error.details).map(([name, value]) => xmlElement(name, value)),
            ]),
            xmlElement('RequestId', ids.requestId),
            xmlElement('HostId', ids.hostId),
          ]),
        ),
      };
    case 'sts':
      return {
        headers: { 'content-type': 'text/xml' },
        body: xmlDocument(
          xmlElement(
            'ErrorResponse',
            [
              xmlElement('Error', [
                xmlElement('Type', sender),
                xmlElement('Code', otherNames.sts[error.code] ?? error.code),
                xmlElement('Message', error.message),
              ]),
              xmlElement('RequestId', ids.requestId),
            ],
            { xmlns: 'https://sts.amazonaws.com/doc/2011-06-15/' },
          ),
        ),
      };
    case 'lambda': {
      // The members' case differs between Lambda's own error shapes, so both are sent.
      const { message } = error;
      const type = error.status >= 500 ? 'Service' : 'User';
      return {
        headers: { 'content-type': 'application/json', 'x-amzn-errortype': otherNames.lambda[error.code] ?? error.code },
        body: JSON.stringify({ Type: type, message, Message: message, ...error.details }),
      };
    }
  }
}
