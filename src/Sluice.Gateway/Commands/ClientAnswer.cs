using System.Globalization;
using Sluice.Config;
using Sluice.Config.Documents;
using Sluice.Packets.Addresses;

namespace Sluice.Gateway.Commands;

/// <summary>show cnat client: the addresses that packets are looked at for, and why. Peers of sessions are no clients here: the flow table finds their packets.</summary>
internal static class ClientAnswer
{
    public static IEnumerable<string> Of(ConfigSet config)
    {
        int count = 0;
        foreach (IGrouping<(string Realm, string Address), TranslationDocument> client in
            config.Translations.GroupBy(static t => (t.Realm, t.AddressOf is { } link ? $"{link.Name}{(t.Address.Family == IpFamily.V6 ? " v6" : "")}" : t.Address.ToString())))
        {
            count++;
            string flags = client.Any(static t => t is { IsReal: false, NoClient: false }) ? "exclusive" : client.Any(static t => t.IsReal) ? "interposed" : "noclient";
            yield return string.Create(CultureInfo.InvariantCulture, $"{client.Key.Address}  {flags}, translations {client.Count()}, realm {client.Key.Realm}");
        }

        foreach (SourceNatDocument source in config.SourceNats)
        {
            foreach (string address in source.Addresses.Select(static range => range.First == range.Last ? range.First.ToString() : $"{range.First}-{range.Last}").Concat(source.AddressesOf.Select(static link => link.Name)))
            {
                count++;
                yield return $"{address}  return-only, source NAT {source.Name}, realm {source.Realm}";
            }
        }

        yield return count == 1 ? "1 client" : string.Create(CultureInfo.InvariantCulture, $"{count} clients");
    }
}
