// A program of somebody else's: it knows the client that was generated from the
// description, and nothing more. It books an appointment and prints what it reads.
import { addClient, addSpecialist, bookAppointment, getAppointment } from './sdk.gen';
import { client } from './client.gen';

declare const process: { argv: string[]; exitCode: number };

async function main(): Promise<void> {
  const [base, token, at] = process.argv.slice(2);
  client.setConfig({ baseUrl: base, auth: token });
  const sam = await addSpecialist({ body: { name: 'Sam' }, throwOnError: true });
  const john = await addClient({
    body: { specialist: sam.data.id, full_name: 'John Example', mobile: '07700 900123' },
    throwOnError: true,
  });
  const booked = await bookAppointment({
    path: { client: john.data.id },
    body: { kind: 'regular', at, minutes: 45, place: 'the library cafe' },
    throwOnError: true,
  });
  const read = await getAppointment({ path: { appointment: booked.data.id }, throwOnError: true });
  console.log(JSON.stringify(read.data));
}

main().catch((fault) => {
  console.error(JSON.stringify(fault));
  process.exitCode = 1;
});
