import { FeedFault } from './feed-fault.ts';

const longestText = 500;

// The words of the reference, which other brokers use as well and which nobody has changed for years.
const deniedPublish = /^Authkey not allowed to pub here\. ident=.*, chan=(.*)$/s;
const deniedSubscribe = /^Authkey not allowed to sub here\. ident=.*, chan=(.*)$/s;
const badCredentials = /^(?:Authentication failed for |Invalid authkey in message)/;

/** What an ERROR frame means. */
export function refusal(text: string): FeedFault {
  const said = text.slice(0, longestText);
  const published = deniedPublish.exec(said)?.[1];
  if (published !== undefined) {
    const message = `the broker does not let this identity publish on the channel "${published}"`;
    return new FeedFault('publish denied', message, { channel: published });
  }
  const subscribed = deniedSubscribe.exec(said)?.[1];
  if (subscribed !== undefined) {
    const message = `the broker does not let this identity subscribe to the channel "${subscribed}"`;
    return new FeedFault('subscribe denied', message, { channel: subscribed });
  }
  if (badCredentials.test(said)) {
    return new FeedFault('credentials', `the broker does not accept the identity and its secret: "${said}"`);
  }
  return new FeedFault('refused', `the broker says "${said}"`);
}
