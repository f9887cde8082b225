import type { Letters } from './letter.js';

export const ro: Letters = {
  verifyEmail: ({ code }) => ({
    subject: `${code} este codul dumneavoastră`,
    text: `Bun venit! Codul dumneavoastră este ${code}. Este valabil 30 de minute.`,
  }),
  alreadyRegistered: () => ({
    subject: 'Aveți deja un cont',
    text: 'Cineva, probabil dumneavoastră, a încercat să folosească această adresă pentru un cont nou. Aveți deja unul: este suficient să vă autentificați.',
  }),
  sessionReplayed: ({ device, at }) => ({
    subject: 'Am deconectat unul dintre dispozitivele dumneavoastră',
    text: `La ${at}, cineva a folosit o cheie veche a sesiunii dumneavoastră de pe „${device}”. Este posibil să fi fost copiată, așa că am încheiat acea sesiune. Autentificați-vă din nou acolo. Dacă în lista de sesiuni vedeți dispozitive pe care nu le cunoașteți, schimbați parola.`,
  }),
  resetPassword: ({ code }) => ({
    subject: `${code} este codul pentru o parolă nouă`,
    text: `Codul dumneavoastră este ${code}. Timp de 30 de minute, cine îl are poate alege o parolă nouă, așa că nu îl spuneți nimănui. Dacă nu l-ați cerut, nu faceți nimic: parola rămâne aceeași.`,
  }),
  signInCode: ({ code }) => ({
    subject: `${code} este codul de autentificare`,
    text: `Codul dumneavoastră este ${code}. Timp de 30 de minute, cine îl are se poate autentifica în contul dumneavoastră, așa că nu îl spuneți nimănui. Dacă nu l-ați cerut, nu faceți nimic.`,
  }),
  passwordChanged: ({ device, at }) => ({
    subject: 'Parola dumneavoastră a fost schimbată',
    text: `La ${at}, parola dumneavoastră a fost schimbată de pe „${device}”. Celelalte dispozitive au fost deconectate. Dacă nu ați fost dumneavoastră, alegeți imediat o parolă nouă, cerând un cod la această adresă.`,
  }),
  newAddress: ({ code }) => ({
    subject: `${code} este codul dumneavoastră`,
    text: `Codul dumneavoastră este ${code}. Cu el, aceasta devine noua adresă de autentificare. Este valabil 30 de minute. Dacă nu l-ați cerut, nu faceți nimic.`,
  }),
  emailChanged: ({ device, at, days, key }) => ({
    subject: 'Adresa contului dumneavoastră a fost schimbată',
    text: `La ${at}, contul dumneavoastră a primit altă adresă, de pe „${device}”. Dacă ați fost dumneavoastră, nu este nimic de făcut. Dacă nu, anulați schimbarea în ${days} zile cu această cheie:\n\n${key}\n\nAtunci toate dispozitivele vor fi deconectate, iar dumneavoastră alegeți o parolă nouă cu un cod trimis la această adresă.`,
  }),
  emailChangeUndone: ({ device, at }) => ({
    subject: 'Aceasta este din nou adresa dumneavoastră',
    text: `La ${at}, o schimbare de adresă a fost anulată de pe „${device}”. Toate dispozitivele au fost deconectate, iar parola a fost ștearsă. Alegeți una nouă, cerând un cod la această adresă.`,
  }),
  phoneCode: ({ code }) => ({
    subject: '',
    text: `${code} este codul cu care confirmați acest număr de telefon. Este valabil 30 de minute.`,
  }),
  phoneAdded: ({ device, at }) => ({
    subject: 'Un număr de telefon a fost adăugat contului dumneavoastră',
    text: `La ${at}, un număr de telefon a fost adăugat contului dumneavoastră de pe „${device}”. Dacă nu ați fost dumneavoastră, schimbați parola și ștergeți numărul.`,
  }),
  phoneRemoved: ({ device, at }) => ({
    subject: 'Numărul de telefon a fost șters din contul dumneavoastră',
    text: `La ${at}, numărul de telefon al contului dumneavoastră a fost șters de pe „${device}”. Dacă nu ați fost dumneavoastră, schimbați parola.`,
  }),
  secondFactorEnabled: ({ device, at }) => ({
    subject: 'Autentificarea cere acum un al doilea pas',
    text: `La ${at}, o aplicație de autentificare a fost asociată contului dumneavoastră de pe „${device}”. De acum, autentificarea cere și codul ei. Păstrați codurile de recuperare într-un loc sigur. Dacă nu ați fost dumneavoastră, alegeți imediat o parolă nouă și scrieți-ne.`,
  }),
  secondFactorDisabled: ({ device, at }) => ({
    subject: 'Autentificarea nu mai cere un al doilea pas',
    text: `La ${at}, aplicația de autentificare a fost îndepărtată din contul dumneavoastră de pe „${device}”. Autentificarea nu mai cere un al doilea cod. Dacă nu ați fost dumneavoastră, alegeți imediat o parolă nouă.`,
  }),
  recoveryCodesMade: ({ device, at }) => ({
    subject: 'Aveți coduri de recuperare noi',
    text: `La ${at}, au fost create coduri de recuperare noi pentru contul dumneavoastră de pe „${device}”. Cele vechi nu mai sunt bune. Dacă nu ați fost dumneavoastră, schimbați parola.`,
  }),
  recoveryCodeUsed: ({ device, at }) => ({
    subject: 'A fost folosit un cod de recuperare',
    text: `La ${at}, cineva s-a autentificat în contul dumneavoastră de pe „${device}” cu un cod de recuperare. Acesta nu mai poate fi folosit. Dacă nu ați fost dumneavoastră, alegeți imediat o parolă nouă și creați coduri de recuperare noi.`,
  }),
  identityLinked: ({ device, at, provider }) => ({
    subject: `Acum vă puteți autentifica și cu ${provider}`,
    text: `La ${at}, ${provider} a fost asociat contului dumneavoastră de pe „${device}”: cine se autentifică acolo se poate autentifica și aici. Dacă nu ați fost dumneavoastră, eliminați asocierea din setări și schimbați parola.`,
  }),
  identityUnlinked: ({ device, at, provider }) => ({
    subject: `${provider} nu mai este asociat contului dumneavoastră`,
    text: `La ${at}, asocierea contului dumneavoastră cu ${provider} a fost eliminată de pe „${device}”: nu mai poate fi folosit pentru autentificare. Dacă nu ați fost dumneavoastră, schimbați parola.`,
  }),
  accountSuspended: ({ reason, until }) => ({
    subject: 'Contul dumneavoastră este suspendat',
    text: `V-am suspendat contul ${until ? `până la ${until}` : 'până la o nouă înștiințare'} și v-am deconectat de pe toate dispozitivele. Motivul: ${reason}\n\nPână atunci nu vă puteți autentifica, iar ceilalți vă văd doar numele. Dacă vi se pare o greșeală, răspundeți la acest mesaj.`,
  }),
  suspensionLifted: () => ({
    subject: 'Vă puteți autentifica din nou',
    text: 'Suspendarea contului dumneavoastră s-a încheiat. Vă puteți autentifica din nou, iar profilul dumneavoastră este din nou vizibil.',
  }),
  accountTerminated: ({ reason }) => ({
    subject: 'V-am închis contul',
    text: `V-am închis definitiv contul și v-am deconectat de pe toate dispozitivele. Motivul: ${reason}\n\nDacă vi se pare o greșeală sau doriți o copie a datelor dumneavoastră, răspundeți la acest mesaj.`,
  }),
  factorResetOpened: ({ reason, due, key }) => ({
    subject: 'Al doilea pas al autentificării urmează să fie îndepărtat',
    text: `Cineva a spus echipei noastre că este dumneavoastră și că a pierdut aplicația de autentificare și codurile de recuperare. La ${due}, al doilea pas al autentificării va fi îndepărtat din contul dumneavoastră, iar toate dispozitivele vor fi deconectate. Cum v-a recunoscut echipa noastră: ${reason}\n\nDacă ați fost dumneavoastră, așteptați până atunci și autentificați-vă cu parola și cu un cod pe care îl trimitem la această adresă. Dacă găsiți până atunci aplicația sau un cod de recuperare, autentificați-vă cu el: nu se va îndepărta nimic.\n\nDacă nu ați fost dumneavoastră, refuzați acum, în aplicație la securitatea contului sau cu această cheie, și schimbați parola:\n\n${key}`,
  }),
  factorResetText: ({ due, key }) => ({
    subject: '',
    text: `La ${due}, al doilea pas al autentificării va fi îndepărtat din contul dumneavoastră, fiindcă cineva a spus că l-ați pierdut. Dacă nu ați fost dumneavoastră, refuzați în aplicație sau cu această cheie: ${key}`,
  }),
  factorResetStopped: () => ({
    subject: 'Al doilea pas al autentificării rămâne',
    text: 'Al doilea pas al autentificării nu va fi îndepărtat din contul dumneavoastră: s-a refuzat sau s-a renunțat, ori s-a schimbat ceva între timp. Dacă tot nu vă puteți autentifica, scrieți-ne.',
  }),
  factorResetDone: () => ({
    subject: 'Al doilea pas al autentificării a fost îndepărtat',
    text: 'Aplicația de autentificare, codurile de recuperare și dispozitivele de încredere ale contului dumneavoastră au fost îndepărtate, iar toate dispozitivele au fost deconectate. Următoarea autentificare cere parola și un cod pe care îl trimitem la această adresă. Configurați apoi din nou o aplicație de autentificare. Dacă nu ați cerut aceasta, autentificați-vă acum, schimbați parola și scrieți-ne.',
  }),
  impersonated: ({ reason, at, until }) => ({
    subject: 'Echipa noastră vede platforma în locul dumneavoastră',
    text: `De la ${at} și cel târziu până la ${until}, cineva din echipa noastră vede platforma așa cum o vedeți dumneavoastră. Motivul: ${reason}\n\nNu poate modifica nimic și nu vede nici mesajele dumneavoastră, nici ce ține de securitatea contului. Dacă nu vă așteptați la aceasta, răspundeți la acest mesaj.`,
  }),
};
