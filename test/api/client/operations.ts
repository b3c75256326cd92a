import { type KopoKopoClient, Money } from '../../../lib/index.js';

const CALLBACK = 'https://shop.example/k2';
const LINKS = { callback_url: CALLBACK };
const callbackUrl = CALLBACK;

export interface Operation {
  name: string;
  call: (client: KopoKopoClient) => Promise<unknown>;
  /** Path by version; a resource of one version is called there whatever is set. */
  path: { v1: string; v2: string };
  body: unknown;
  movesMoney?: true;
}

function both(path: string): Operation['path'] {
  return { v1: `/api/v1/${path}`, v2: `/api/v2/${path}` };
}

function only(version: string, path: string): Operation['path'] {
  const one = `/api/${version}/${path}`;
  return { v1: one, v2: one };
}

/** Every creation of the reference, minimal and in full, with the body that the reference shows. */
export const CREATIONS: Operation[] = [
  {
    name: 'incomingPayments.create, minimal',
    call: ({ incomingPayments }) =>
      incomingPayments.create({
        tillNumber: ' K700001 ',
        phoneNumber: '0712 345-678',
        amount: 150,
        callbackUrl,
      }),
    path: both('incoming_payments'),
    body: {
      payment_channel: 'M-PESA STK Push',
      till_number: 'K700001',
      subscriber: { phone_number: '+254712345678' },
      amount: { currency: 'KES', value: '150' },
      _links: LINKS,
    },
    movesMoney: true,
  },
  {
    name: 'incomingPayments.create, full',
    call: ({ incomingPayments }) =>
      incomingPayments.create({
        tillNumber: 'K700001',
        phoneNumber: '254112345678',
        amount: Money.of('150.00'),
        firstName: 'Ana',
        middleName: 'B',
        lastName: 'Buyer',
        email: 'ana@example.com',
        paymentChannel: 'M-PESA',
        reference: 'A-17',
        metadata: { cart: 3, gift: true },
        callbackUrl,
      }),
    path: both('incoming_payments'),
    body: {
      payment_channel: 'M-PESA',
      till_number: 'K700001',
      subscriber: {
        first_name: 'Ana',
        middle_name: 'B',
        last_name: 'Buyer',
        phone_number: '+254112345678',
        email: 'ana@example.com',
      },
      amount: { currency: 'KES', value: '150' },
      metadata: { cart: 3, gift: true, reference: 'A-17' },
      _links: LINKS,
    },
    movesMoney: true,
  },
  {
    name: 'sendMoney.create, every destination',
    call: ({ sendMoney }) =>
      sendMoney.create({
        sourceIdentifier: '400001',
        reference: 'P-1',
        callbackUrl,
        destinations: [
          {
            type: 'mobile_wallet',
            phoneNumber: '+254712345678',
            network: 'Safaricom',
            amount: 500,
            description: 'July',
            nickname: 'Ben',
            favourite: false,
          },
          {
            type: 'bank_account',
            bankBranchRef: 'branch',
            accountName: 'Ben',
            accountNumber: '0011',
            amount: '250000',
            description: 'July',
          },
          { type: 'till', tillNumber: '12', amount: 10, description: 'Rent' },
          {
            type: 'paybill',
            paybillNumber: '888',
            paybillAccountNumber: 'A1',
            amount: 11,
            description: 'Power',
          },
          { type: 'merchant_wallet', reference: 'w', amount: 12 },
          { type: 'merchant_bank_account', reference: 'b', amount: 13 },
        ],
      }),
    path: only('v2', 'send_money'),
    body: {
      destinations: [
        {
          type: 'mobile_wallet',
          phone_number: '254712345678',
          network: 'Safaricom',
          amount: 500,
          description: 'July',
          nickname: 'Ben',
          favourite: false,
        },
        {
          type: 'bank_account',
          bank_branch_ref: 'branch',
          account_name: 'Ben',
          account_number: '0011',
          amount: 250_000,
          description: 'July',
        },
        { type: 'till', till_number: '12', amount: 10, description: 'Rent' },
        {
          type: 'paybill',
          paybill_number: '888',
          paybill_account_number: 'A1',
          amount: 11,
          description: 'Power',
        },
        { type: 'merchant_wallet', reference: 'w', amount: 12 },
        { type: 'merchant_bank_account', reference: 'b', amount: 13 },
      ],
      currency: 'KES',
      source_identifier: '400001',
      metadata: { reference: 'P-1' },
      _links: LINKS,
    },
    movesMoney: true,
  },
  {
    name: 'sendMoney.sweep',
    call: ({ sendMoney }) => sendMoney.sweep({ callbackUrl }),
    path: only('v2', 'send_money'),
    body: { destinations: [], currency: 'KES', _links: LINKS },
    movesMoney: true,
  },
  {
    name: 'merchantBankAccounts.create',
    call: ({ merchantBankAccounts }) =>
      merchantBankAccounts.create({
        accountName: 'Duka',
        accountNumber: '001',
        bankBranchRef: 'branch',
        settlementMethod: 'EFT',
        nickname: 'main',
      }),
    path: both('merchant_bank_accounts'),
    body: {
      account_name: 'Duka',
      account_number: '001',
      bank_branch_ref: 'branch',
      settlement_method: 'EFT',
      nickname: 'main',
    },
  },
  {
    name: 'merchantWallets.create',
    call: ({ merchantWallets }) =>
      merchantWallets.create({
        firstName: 'Ana',
        lastName: 'Owner',
        phoneNumber: '0712345678',
        network: 'Safaricom',
      }),
    path: both('merchant_wallets'),
    body: {
      first_name: 'Ana',
      last_name: 'Owner',
      phone_number: '+254712345678',
      network: 'Safaricom',
    },
  },
  {
    name: 'paymentLinks.create, full',
    call: ({ paymentLinks }) =>
      paymentLinks.create({
        tillNumber: '400001',
        amount: '1500',
        paymentReference: 'INV-9',
        note: ' August ',
        metadata: { a: 1 },
        callbackUrl,
      }),
    path: only('v2', 'payment_links'),
    body: {
      till_number: '400001',
      currency: 'KES',
      amount: 1500,
      payment_reference: 'INV-9',
      note: ' August ',
      metadata: { a: 1 },
      _links: LINKS,
    },
  },
  {
    name: 'reversals.create',
    call: ({ reversals }) =>
      reversals.create({
        transactionReference: 'SH1ABC2DEF',
        reason: 'Returned',
        callbackUrl,
      }),
    path: only('v2', 'reversals'),
    body: {
      transaction_reference: 'SH1ABC2DEF',
      reason: 'Returned',
      _links: LINKS,
    },
    movesMoney: true,
  },
  {
    name: 'polling.create',
    call: ({ polling }) =>
      polling.create({
        scope: 'till',
        scopeReference: '400001',
        from: new Date('2026-08-01T06:15:00Z'),
        to: '2026-08-02T09:15:00+03:00',
        callbackUrl,
      }),
    path: both('polling'),
    body: {
      scope: 'till',
      scope_reference: '400001',
      from_time: '2026-08-01T09:15:00+03:00',
      to_time: '2026-08-02T09:15:00+03:00',
      _links: LINKS,
    },
  },
  {
    name: 'polling.create, company',
    call: ({ polling }) =>
      polling.create({
        scope: 'company',
        from: '2026-08-01',
        to: '2026-08-02T00:00:00Z',
        callbackUrl,
      }),
    path: both('polling'),
    body: {
      scope: 'company',
      scope_reference: '',
      from_time: '2026-08-01T00:00:00+03:00',
      to_time: '2026-08-02T03:00:00+03:00',
      _links: LINKS,
    },
  },
  {
    name: 'webhookSubscriptions.create',
    call: ({ webhookSubscriptions }) =>
      webhookSubscriptions.create({
        eventType: 'buygoods_transaction_received',
        url: CALLBACK,
        scope: 'till',
        scopeReference: '400001',
        enableDarajaPayload: true,
      }),
    path: both('webhook_subscriptions'),
    body: {
      event_type: 'buygoods_transaction_received',
      url: CALLBACK,
      scope: 'till',
      scope_reference: '400001',
      enable_daraja_payload: true,
    },
  },
  {
    name: 'v1.payments.create',
    call: ({ v1 }) =>
      v1.payments.create({
        destinationType: 'mobile_wallet',
        destinationReference: 'ref',
        amount: 100,
        description: 'June',
        category: 'salaries',
        tags: 'a,b',
        callbackUrl,
      }),
    path: only('v1', 'payments'),
    body: {
      destination_type: 'mobile_wallet',
      destination_reference: 'ref',
      amount: { currency: 'KES', value: '100' },
      description: 'June',
      category: 'salaries',
      tags: 'a,b',
      _links: LINKS,
    },
    movesMoney: true,
  },
  {
    name: 'v1.settlementTransfers.create, blind',
    call: ({ v1 }) => v1.settlementTransfers.create({ callbackUrl }),
    path: only('v1', 'settlement_transfers'),
    body: { _links: LINKS },
    movesMoney: true,
  },
  {
    name: 'v1.settlementTransfers.create, targeted',
    call: ({ v1 }) =>
      v1.settlementTransfers.create({
        destinationType: 'merchant_wallet',
        destinationReference: 'ref',
        amount: 100,
        callbackUrl,
      }),
    path: only('v1', 'settlement_transfers'),
    body: {
      amount: { currency: 'KES', value: '100' },
      destination_type: 'merchant_wallet',
      destination_reference: 'ref',
      _links: LINKS,
    },
    movesMoney: true,
  },
  {
    name: 'v1.transactionSmsNotifications.create',
    call: ({ v1 }) =>
      v1.transactionSmsNotifications.create({
        webhookEventReference: 'event',
        message: 'Thank you',
        callbackUrl,
      }),
    path: only('v1', 'transaction_sms_notifications'),
    body: {
      webhook_event_reference: 'event',
      message: 'Thank you',
      _links: LINKS,
    },
  },
  ...recipients(),
];

function recipients(): Operation[] {
  const all = [
    {
      request: {
        type: 'mobile_wallet',
        firstName: 'Ben',
        lastName: 'Supplier',
        phoneNumber: '0712345678',
        network: 'Safaricom',
        email: 'ben@example.com',
      },
      fields: {
        first_name: 'Ben',
        last_name: 'Supplier',
        phone_number: '+254712345678',
        network: 'Safaricom',
        email: 'ben@example.com',
      },
    },
    {
      request: {
        type: 'bank_account',
        accountName: 'Ben',
        accountNumber: '1',
        bankBranchRef: 'branch',
        settlementMethod: 'RTS',
      },
      fields: {
        account_name: 'Ben',
        account_number: '1',
        bank_branch_ref: 'branch',
        settlement_method: 'RTS',
      },
    },
    {
      request: { type: 'till', tillName: 'Duka', tillNumber: '12' },
      fields: { till_name: 'Duka', till_number: '12' },
    },
    {
      request: {
        type: 'paybill',
        paybillName: 'Power',
        paybillNumber: '888',
        paybillAccountNumber: 'A1',
        nickname: 'power',
      },
      fields: {
        paybill_name: 'Power',
        paybill_number: '888',
        paybill_account_number: 'A1',
        nickname: 'power',
      },
    },
  ] as const;
  return all.flatMap(({ request, fields }): Operation[] => [
    {
      name: `externalRecipients.create, ${request.type}`,
      call: ({ externalRecipients }) => externalRecipients.create(request),
      path: only('v2', 'external_recipients'),
      body: { type: request.type, external_recipient: fields },
    },
    {
      name: `v1.payRecipients.create, ${request.type}`,
      call: ({ v1 }) => v1.payRecipients.create(request),
      path: only('v1', 'pay_recipients'),
      body: { type: request.type, pay_recipient: fields },
    },
  ]);
}
