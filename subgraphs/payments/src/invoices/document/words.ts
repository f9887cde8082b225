import type { InvoiceLanguage } from '../../billing/index.js';

/** What is printed on every invoice, in its language. */
export interface Words {
  readonly locale: string;
  readonly direction: 'ltr' | 'rtl';
  readonly invoice: string;
  readonly creditNote: string;
  readonly number: string;
  readonly date: string;
  /** Before the number of the invoice that a credit note takes back. */
  readonly creditFor: string;
  readonly billedTo: string;
  readonly taxId: string;
  readonly description: string;
  readonly quantity: string;
  readonly unitPrice: string;
  readonly taxRate: string;
  readonly amount: string;
  readonly net: string;
  readonly tax: string;
  readonly total: string;
  readonly included: string;
  readonly page: (page: number, pages: number) => string;
  /** Of the mail that it is attached to. */
  readonly mail: { readonly subject: (title: string) => string; readonly text: string };
}

export const words: Readonly<Record<InvoiceLanguage, Words>> = {
  en: {
    locale: 'en-GB',
    direction: 'ltr',
    invoice: 'Invoice',
    creditNote: 'Credit note',
    number: 'Number',
    date: 'Date',
    creditFor: 'For invoice',
    billedTo: 'Billed to',
    taxId: 'Tax number',
    description: 'Description',
    quantity: 'Qty',
    unitPrice: 'Unit price',
    taxRate: 'Tax',
    amount: 'Amount',
    net: 'Net',
    tax: 'Tax',
    total: 'Total',
    included: 'All prices include tax.',
    page: (page, pages) => `Page ${page} of ${pages}`,
    mail: {
      subject: (title) => `Your document: ${title}`,
      text: 'Thank you. The document is attached. You find all of them in your account under billing.',
    },
  },
  fr: {
    locale: 'fr-FR',
    direction: 'ltr',
    invoice: 'Facture',
    creditNote: 'Avoir',
    number: 'Numéro',
    date: 'Date',
    creditFor: 'Sur la facture',
    billedTo: 'Facturé à',
    taxId: 'Numéro fiscal',
    description: 'Désignation',
    quantity: 'Qté',
    unitPrice: 'Prix unitaire',
    taxRate: 'Taxe',
    amount: 'Montant',
    net: 'Hors taxes',
    tax: 'Taxe',
    total: 'Total TTC',
    included: 'Tous les prix s’entendent toutes taxes comprises.',
    page: (page, pages) => `Page ${page} sur ${pages}`,
    mail: {
      subject: (title) => `Votre document : ${title}`,
      text: 'Merci. Le document est joint. Vous les retrouvez tous dans votre compte, sous facturation.',
    },
  },
  ro: {
    locale: 'ro-RO',
    direction: 'ltr',
    invoice: 'Factură',
    creditNote: 'Notă de credit',
    number: 'Număr',
    date: 'Data',
    creditFor: 'Pentru factura',
    billedTo: 'Facturat către',
    taxId: 'Cod fiscal',
    description: 'Descriere',
    quantity: 'Cant.',
    unitPrice: 'Preț unitar',
    taxRate: 'Cota TVA',
    amount: 'Sumă',
    net: 'Fără taxe',
    tax: 'Taxe',
    total: 'Total de plată',
    included: 'Toate prețurile includ taxele.',
    page: (page, pages) => `Pagina ${page} din ${pages}`,
    mail: {
      subject: (title) => `Documentul dumneavoastră: ${title}`,
      text: 'Vă mulțumim. Documentul este atașat. Le găsiți pe toate în contul dumneavoastră, la facturare.',
    },
  },
  ar: {
    locale: 'ar-u-nu-latn',
    direction: 'rtl',
    invoice: 'فاتورة',
    creditNote: 'إشعار دائن',
    number: 'الرقم',
    date: 'التاريخ',
    creditFor: 'عن الفاتورة',
    billedTo: 'فاتورة إلى',
    taxId: 'الرقم الضريبي',
    description: 'الوصف',
    quantity: 'الكمية',
    unitPrice: 'سعر الوحدة',
    taxRate: 'الضريبة',
    amount: 'المبلغ',
    net: 'الصافي',
    tax: 'الضريبة',
    total: 'الإجمالي',
    included: 'جميع الأسعار شاملة الضريبة.',
    page: (page, pages) => `صفحة ${page} من ${pages}`,
    mail: {
      subject: (title) => `مستندك: ${title}`,
      text: 'شكرًا لك. المستند مرفق بهذه الرسالة. تجد جميع المستندات في حسابك ضمن الفوترة.',
    },
  },
  de: {
    locale: 'de-DE',
    direction: 'ltr',
    invoice: 'Rechnung',
    creditNote: 'Gutschrift',
    number: 'Nummer',
    date: 'Datum',
    creditFor: 'Zur Rechnung',
    billedTo: 'Rechnung an',
    taxId: 'Steuernummer',
    description: 'Beschreibung',
    quantity: 'Menge',
    unitPrice: 'Einzelpreis',
    taxRate: 'Steuer',
    amount: 'Betrag',
    net: 'Netto',
    tax: 'Steuer',
    total: 'Gesamtbetrag',
    included: 'Alle Preise enthalten die Steuer.',
    page: (page, pages) => `Seite ${page} von ${pages}`,
    mail: {
      subject: (title) => `Ihr Dokument: ${title}`,
      text: 'Vielen Dank. Das Dokument liegt bei. Alle finden Sie in Ihrem Konto unter Abrechnung.',
    },
  },
};
