import { portOrOff } from '../words/number.ts';
import { group, setting } from '../words/setting.ts';
import { host } from '../words/text.ts';

export const health = group('Where machines see how the sensor is: /metrics for Prometheus, /livez and /readyz.', {
  bind: setting(host, { default: '127.0.0.1', about: 'Address to listen on.' }),
  port: setting(portOrOff, { default: 'off', about: 'Its port (0 takes any), or off.' }),
});
