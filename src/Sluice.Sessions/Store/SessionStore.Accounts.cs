using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

// What sessions are counted under, and what follows from it for those that live.
public sealed unsafe partial class SessionStore
{
    /// <summary>What sessions are counted under.</summary>
    public AccountTable Accounts => shared.Accounts;

    /// <summary>Where the packets of a session's original direction are sent though that is not their destination: to a direct backend; false where they go by their destination.</summary>
    /// <param name="family">The family.</param>
    /// <param name="line">Any line of the session; of a cached decision there is no such place.</param>
    /// <param name="address">The address to be looked up instead.</param>
    public bool TryGetNextHop(IpFamily family, uint line, out IpAddress address)
    {
        uint account = family == IpFamily.V4 ? v4.AccountOf(line) : v6.AccountOf(line);
        return shared.Accounts.TryGetNextHop(account, family, out address);
    }
}
