using Sluice.Config.Documents;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Validation;

/// <summary>How entries look in messages.</summary>
internal static class EntryText
{
    public static string Show(AddressEntry entry)
    {
        string addresses = entry.Subnet is { } subnet ? $"subnet {subnet}" : Show(entry.Addresses);
        return entry.Ports.IsAll ? addresses : $"{addresses} ports {entry.Ports}";
    }

    public static string Show(IpRange range)
    {
        PrefixSet set = PrefixSet.From([new PortedRange(range, PortRange.All)], []);
        return set.Items.Length == 1 ? set.Items[0].Prefix.ToString() : range.ToString();
    }
}
