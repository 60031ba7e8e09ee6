import { scalarKind, type Kind } from './kind.ts';

const schemes = ['socks5:', 'socks4a:', 'socks4:', 'http:'];

/** The address may hold a password. */
export const proxy: Kind<string> = {
  ...scalarKind<string>({
    valid:
      'the address of a proxy: socks5://host:1080, socks4a://…, socks4://… or http://…, with user:password@ where it asks for them',
    parse(text) {
      if (!URL.canParse(text)) return undefined;
      const { protocol, hostname, pathname } = new URL(text);
      return schemes.includes(protocol) && hostname !== '' && /^\/?$/.test(pathname) ? text : undefined;
    },
    show: () => '(secret)',
  }),
  confidential: true,
};
