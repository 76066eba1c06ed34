using Sluice.Links.Native;

namespace Sluice.Links;

/// <summary>A network namespace, held by a descriptor: an anonymous one lives as long as this object, so it dies with the process, also on <c>kill -9</c>.</summary>
public sealed class NetworkNamespace : IDisposable
{
    private const string NamedFolder = "/run/netns/";
    private const string OfThisThread = "/proc/thread-self/ns/net";

    private int _descriptor;

    private NetworkNamespace(int descriptor) => _descriptor = descriptor;

    /// <summary>A path that other programs of this machine may open while this object lives (<c>ip link set x netns PATH</c>).</summary>
    public string Path => $"/proc/{Environment.ProcessId}/fd/{_descriptor}";

    /// <summary>The descriptor that holds it.</summary>
    internal int Descriptor => _descriptor;

    /// <summary>Opens the namespace of a name (<c>ip netns</c>) or of a path (<c>/proc/1234/ns/net</c>).</summary>
    /// <exception cref="LinkException">There is none.</exception>
    public static NetworkNamespace Open(string pathOrName)
    {
        string path = pathOrName.Contains('/') ? pathOrName : NamedFolder + pathOrName;
        int descriptor = Files.Open(path, Files.O_RDONLY | Files.O_CLOEXEC);
        if (descriptor < 0)
        {
            if (Errno.Last == Errno.ENOENT)
                throw new LinkException($"there is no network namespace {pathOrName} ({path}); make it with `ip netns add NAME`");
            ThrowHelper.Step($"open network namespace {pathOrName}", Errno.Last);
        }

        return new NetworkNamespace(descriptor);
    }

    /// <summary>The namespace of the calling thread.</summary>
    public static NetworkNamespace OfCallingThread() => Open(OfThisThread);

    /// <summary>Makes a namespace without a name, its loopback up.</summary>
    /// <exception cref="LinkException">The privilege is missing.</exception>
    public static NetworkNamespace CreateAnonymous()
    {
        NetworkNamespace? made = null;
        OnThreadOfItsOwn(() =>
        {
            if (Namespaces.Leave(Namespaces.CLONE_NEWNET) < 0)
            {
                if (Errno.Last == Errno.EPERM)
                    throw new LinkException("make a network namespace: not permitted; run as root (CAP_SYS_ADMIN)");
                ThrowHelper.Step("make a network namespace", Errno.Last);
            }

            made = OfCallingThread();
            NetworkInterface.BringUp("lo");
        });
        return made!;
    }

    /// <summary>Runs an action in the namespace of a name or path, on the calling thread; absent: where the thread is.</summary>
    public static void Run(string? pathOrName, Action action)
    {
        if (string.IsNullOrEmpty(pathOrName))
        {
            action();
            return;
        }

        using NetworkNamespace there = Open(pathOrName);
        there.Run(action);
    }

    /// <summary>Runs an action inside, on the calling thread; programs that it starts are inside too. The thread is back afterwards, whatever happens.</summary>
    /// <remarks>The action must not wait for other threads (<c>await</c>): only this thread is inside.</remarks>
    public void Run(Action action)
    {
        ObjectDisposedException.ThrowIf(_descriptor < 0, this);
        using NetworkNamespace home = OfCallingThread();
        Enter();
        try
        {
            action();
        }
        finally
        {
            home.Enter();
        }
    }

    /// <inheritdoc cref="Run(Action)"/>
    public T Run<T>(Func<T> function)
    {
        T result = default!;
        Run(() => { result = function(); });
        return result;
    }

    /// <summary>Moves the calling thread inside for good: for threads that live there.</summary>
    /// <exception cref="LinkException">The privilege is missing.</exception>
    public void Enter()
    {
        ObjectDisposedException.ThrowIf(_descriptor < 0, this);
        if (Namespaces.Enter(_descriptor, Namespaces.CLONE_NEWNET) == 0) return;
        if (Errno.Last == Errno.EPERM)
            throw new LinkException("enter a network namespace: not permitted; run as root (CAP_SYS_ADMIN)");
        ThrowHelper.Step("enter a network namespace", Errno.Last);
    }

    /// <summary>Lets go of the namespace; an anonymous one with nothing else in it ends.</summary>
    public void Dispose() => Files.Close(Interlocked.Exchange(ref _descriptor, -1));

    // A thread that unshares is not given back to anyone: it ends, and the process's other threads never were inside.
    private static void OnThreadOfItsOwn(Action action)
    {
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                action();
            }
            catch (LinkException e)
            {
                failure = e;
            }
        })
        { IsBackground = true, Name = "namespace" };
        thread.Start();
        thread.Join();
        if (failure is not null) throw new LinkException(failure.Message, failure);
    }
}
