import { createHmac } from 'node:crypto';
import { deliveryId, signedHeaders } from './signature.js';

describe('signedHeaders', () => {
  it('signs as Standard Webhooks do: their example', () => {
    const body = '{"test": 2432232314}';
    const headers = signedHeaders(
      ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
      'msg_p5jXN8AQM9LWM0D4loKWxJek',
      1614265330,
      body,
    );
    expect(headers).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('takes any other secret as it is written, and two during a change', () => {
    const { 'webhook-signature': signatures } = signedHeaders(['one', 'two'], 'id', 5, 'body');
    const signed = (key: string) => `v1,${createHmac('sha256', key).update('id.5.body').digest('base64')}`;
    expect(signatures).toBe(`${signed('one')} ${signed('two')}`);
  });
});

describe('deliveryId', () => {
  it('names what is told', () => {
    const told = [
      { bookId: 1, number: 2 },
      { bookId: 12, number: 0 },
    ];
    expect(deliveryId(told)).toMatch(/^msg_[\w-]{22}$/);
    expect(deliveryId(told)).toBe(deliveryId([...told]));
    expect(
      deliveryId([
        { bookId: 11, number: 2 },
        { bookId: 2, number: 0 },
      ]),
    ).not.toBe(deliveryId(told));
  });
});
