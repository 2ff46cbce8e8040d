/** What can be expected to go wrong with a service; `message` is made for people. */
export type ServiceProblem =
  | 'bad-name'
  | 'unknown-service'
  | 'already-running'
  | 'not-started'
  | 'died'
  | 'not-ready'
  | 'still-running'
  | 'port-still-open'
  | 'no-port'
  | 'aborted';

/** An expected failure of a service, in words that stand on their own. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  constructor(
    readonly problem: ServiceProblem,
    message: string,
  ) {
    super(message);
  }
}
