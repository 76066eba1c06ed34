using System.Globalization;
using Sluice.Config;
using Sluice.Config.Documents;
using Sluice.Gateway.Composition;
using Sluice.Gateway.Views;
using Sluice.Packets.Addresses;

namespace Sluice.Gateway.Commands;

/// <summary>show cnat client: the addresses that packets are looked at for, and why. Peers of sessions are no clients here: the flow table finds their packets.</summary>
internal static class ClientAnswer
{
    public static IEnumerable<string> Of(ComposedGateway gateway, ConfigSet config)
    {
        int count = 0;
        Dictionary<string, long> active = TranslationInspector.Read(gateway, null, int.MaxValue).Translations.ToDictionary(static view => view.Name, static view => view.Counts.Active, StringComparer.Ordinal);
        foreach (IGrouping<(string Realm, string Address), TranslationDocument> client in
            config.Translations.GroupBy(static t => (t.Realm, t.AddressOf is { } link ? $"{link.Name}{(t.Address.Family == IpFamily.V6 ? " v6" : "")}" : t.Address.ToString())))
        {
            count++;
            string flags = client.Any(static t => t is { IsReal: false, NoClient: false }) ? "exclusive" : client.Any(static t => t.IsReal) ? "interposed" : "noclient";
            long sessions = client.Sum(translation => active.GetValueOrDefault(translation.Name));
            yield return string.Create(CultureInfo.InvariantCulture, $"{client.Key.Address}  {flags}, translations {client.Count()}, sessions {sessions}, realm {client.Key.Realm}");
        }

        foreach (SourceView source in SourceInspector.Read(gateway, null, int.MaxValue).Sources)
        {
            foreach (string address in source.Addresses)
            {
                count++;
                yield return $"{address}  return-only, source NAT {source.Name}, realm {source.Realm}";
            }
        }

        yield return count == 1 ? "1 client" : string.Create(CultureInfo.InvariantCulture, $"{count} clients");
    }
}
