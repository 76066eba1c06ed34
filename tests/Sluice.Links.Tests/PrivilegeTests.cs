using System.Runtime.InteropServices;
using Sluice.Links.AfPacket;
using Sluice.Links.Tests.Live;
using Sluice.Links.Tun;
using Xunit;

namespace Sluice.Links.Tests;

public sealed partial class PrivilegeTests
{
    private const int Nobody = 65534;

    [Fact]
    public void Without_the_privilege_one_line_says_which_it_is_and_how_to_get_it()
    {
        Root.Required();
        string[] messages = AsNobody(
            () => new AfPacketLink("vpc1", "lo").OpenQueue(0, 1).Dispose(),
            () => new TunLink("t", "sluice-t9").Dispose(),
            () => NetworkNamespace.CreateAnonymous().Dispose());
        Assert.Equal(3, messages.Length);
        Assert.Contains("CAP_NET_RAW", messages[0], StringComparison.Ordinal);
        Assert.Contains("lo", messages[0], StringComparison.Ordinal);
        Assert.Contains("CAP_NET_ADMIN", messages[1], StringComparison.Ordinal);
        Assert.Contains("CAP_SYS_ADMIN", messages[2], StringComparison.Ordinal);
        Assert.All(messages, m => Assert.DoesNotContain('\n', m));
    }

    // The bare system call changes the calling thread alone, where the C library's function would change all; the thread ends afterwards.
    private static string[] AsNobody(params Action[] actions)
    {
        List<string> messages = [];
        Thread thread = new(() =>
        {
            nint setresuid = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 147 : 117;
            if (SystemCall(setresuid, Nobody, Nobody, Nobody) != 0) return;
            foreach (Action action in actions)
            {
                try
                {
                    action();
                    messages.Add("it was permitted");
                }
                catch (LinkException e)
                {
                    messages.Add(e.Message);
                }
            }
        });
        thread.Start();
        thread.Join();
        return [.. messages];
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third);
}
