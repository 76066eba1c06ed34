using Xunit;

namespace Sluice.Links.Tests.Live;

/// <summary>Waiting for what must come, however slow the machine is: the bound matters only to a test that fails.</summary>
internal static class Waiting
{
    public const int PatienceMilliseconds = 30_000;

    /// <summary>Waits until something is so.</summary>
    public static void Until(Func<bool> condition, string what)
    {
        long end = Environment.TickCount64 + PatienceMilliseconds;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < end, $"waited in vain until {what}");
            Thread.Sleep(5);
        }
    }

    /// <summary>Waits until interfaces can carry packets. The kernel notices a carrier later, in a task of its own, and until then it drops what is sent.</summary>
    /// <remarks>Asking for one link makes the kernel finish that task; an interface that is merely called up may not send yet.</remarks>
    public static void UntilUp(NetworkNamespace where, params ReadOnlySpan<string> interfaces)
    {
        foreach (string name in interfaces)
            Until(() => where.Run(() => VethPair.Command("ip", "link", "show", "dev", name)).Contains("state UP", StringComparison.Ordinal), $"{name} was up");
    }

    /// <summary>Waits until interfaces are up and can be asked for their IPv6 addresses: none is tentative, each one's solicited-node group (RFC 4291 section 2.7.1) is heard, and there is a link-local one to ask from.</summary>
    /// <remarks>For namespaces without duplicate address detection: with it, this takes seconds.</remarks>
    public static void UntilIpv6(NetworkNamespace where, params ReadOnlySpan<string> interfaces)
    {
        UntilUp(where, interfaces);
        foreach (string name in interfaces) Until(() => where.Run(() => HasIpv6(name)), $"{name} had its IPv6 addresses");
    }

    // if_inet6: address, index, length, scope, flags, name. igmp6: index, name, group, users, flags, timer.
    private static bool HasIpv6(string name)
    {
        const int Tentative = 0x40;
        string[][] addresses = [.. Lines("if_inet6").Where(words => words[5] == name)];
        HashSet<string> groups = [.. Lines("igmp6").Where(words => words[1] == name).Select(words => words[2])];
        return addresses.Any(words => words[0].StartsWith("fe80", StringComparison.Ordinal))
            && addresses.All(words => (Convert.ToInt32(words[4], 16) & Tentative) == 0 && groups.Contains($"ff0200000000000000000001ff{words[0][26..]}"));
    }

    private static IEnumerable<string[]> Lines(string table) =>
        File.ReadAllLines($"/proc/thread-self/net/{table}").Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
